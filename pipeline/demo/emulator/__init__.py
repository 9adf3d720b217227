"""An emulated AWS: IAM, STS and Identity Center over HTTP, as strict and as unreliable as the real ones.

`Emulator` is the door. It needs the demo extra (moto).
"""

from __future__ import annotations

from pipeline.demo.emulator.builder import EmulatedAccount
from pipeline.demo.emulator.building import KeyRef, UserRef, trust_policy
from pipeline.demo.emulator.emulator import HUB_ACCOUNT, Emulator
from pipeline.demo.emulator.faults import Faults
from pipeline.demo.emulator.log import Call, CallLog

__all__ = [
    "HUB_ACCOUNT",
    "Call",
    "CallLog",
    "EmulatedAccount",
    "Emulator",
    "Faults",
    "KeyRef",
    "UserRef",
    "trust_policy",
]
