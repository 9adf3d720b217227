"""Posts an alert as JSON to a webhook.

The address is a secret: with Slack and its like, whoever knows it may post.
"""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import urllib3
from urllib3 import exceptions

from pipeline.alerts import message as words
from pipeline.alerts.delivery import Undeliverable, secret
from pipeline.alerts.message import Message
from pipeline.proxy import pool
from pipeline.redaction import REDACTOR, guard_loggers
from pipeline.settings import Settings, webhook_fault

SECONDS = 10.0
ABOUT_THE_MESSAGE = frozenset({400, 413, 422})


def post(message: Message, settings: Settings) -> None:
    """Post `message`; any answer of 2xx is taken for delivered (RFC 9110). Raises Undeliverable."""
    url = _address(settings)
    guard_loggers()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "certify",
        "Idempotency-Key": message.id,
    }
    body = json.dumps(words.document(message), ensure_ascii=True).encode()
    connections = pool(url, str(settings.alert_ca_file) if settings.alert_ca_file else None)
    try:
        answer = connections.request(
            "POST",
            url,
            headers=headers,
            body=body,
            redirect=False,
            retries=False,
            timeout=urllib3.Timeout(connect=SECONDS, read=SECONDS),
            preload_content=False,
        )
        answer.close()  # what it says is of no use, and may be endless
    except exceptions.SSLError as error:
        raise Undeliverable("the webhook's certificate is not trusted") from error
    except (exceptions.HTTPError, OSError) as error:
        raise Undeliverable(f"the webhook cannot be reached ({type(error).__name__})") from error
    finally:
        connections.clear()
    if not 200 <= answer.status < 300:
        raise Undeliverable(f"the webhook answered {answer.status}", others_too=answer.status not in ABOUT_THE_MESSAGE)


def _address(settings: Settings) -> str:
    url = secret(settings.alert_webhook_url, settings.alert_webhook_url_file, "alert_webhook_url_file")
    if reason := webhook_fault(url):
        raise Undeliverable(f"what alert_webhook_url_file holds {reason}")
    REDACTOR.learn(urlsplit(url).path)
    return url
