"""Reading LDAP servers and SCIM services."""

from __future__ import annotations

from pipeline.problems.kinds import ExitCode, ProblemKind

KINDS = (
    ProblemKind(
        "secret_unreadable",
        symptom="The secret cannot be read",
        cause="{file}, which {key} of '{connection}' names, {reason}",
        fix="put the secret alone into that file, readable by this user only; or give it as ${{NAME}}",
        exit_code=ExitCode.CONFIGURATION,
    ),
    ProblemKind(
        "directory_unreachable",
        symptom="The directory cannot be reached",
        cause="{place}: {detail}",
        fix="check the address, the network and that the server is up, then run `certify test {connection}`",
    ),
    ProblemKind(
        "directory_untrusted",
        symptom="The directory does not prove who it is",
        cause="{place}: {detail}; nothing was sent to it",
        fix="name the certificate of the authority that signed the server's as `ca_file` of '{connection}', and write"
        " the host as the certificate does",
    ),
    ProblemKind(
        "starttls_refused",
        symptom="The directory does not begin TLS",
        cause="{place} answered StartTLS with {detail}; the password was not sent in the clear",
        fix="use ldaps:// if the server has it, or give the server a certificate",
    ),
    ProblemKind(
        "directory_login_refused",
        symptom="The directory does not accept the login",
        cause="{place} answered {detail}",
        fix="check {keys} of '{connection}': the secret may have changed, or the account may be locked or expired",
    ),
    ProblemKind(
        "directory_read_denied",
        symptom="Not allowed to perform {action}",
        cause="{place} answered {detail}; not judged because of it: {needed_for}",
        fix="let the account that reads do this, then run `certify test {connection}`",
    ),
    ProblemKind(
        "directory_throttled",
        symptom="Throttled on {action}",
        cause="{place} limited the rate of requests for longer than we waited",
        fix="run `certify sync {connection}` again when it is quieter; what was read before stays current",
    ),
    ProblemKind(
        "directory_cut_short",
        symptom="{action} was cut short",
        cause="{place}: {detail}",
        fix='give the account that reads limits of its own (OpenLDAP: `olcLimits: dn.exact="BIND_DN"'
        " size=unlimited time=unlimited` on the database), then run `certify sync {connection}`; what was read before"
        " stays current",
    ),
    ProblemKind(
        "directory_read_failed",
        symptom="Could not read {action} to its end",
        cause="{place}: {detail}",
        fix="run `certify sync {connection}` again; what was read before stays current",
    ),
    ProblemKind(
        "directory_contradicts",
        symptom="The directory contradicts itself",
        cause="{place}: {detail}",
        fix="run `certify sync {connection}` again when nobody is changing it; if it says the same again, fix the"
        " entries there, or name another attribute as columns.native_id",
    ),
    ProblemKind(
        "nobody_listed",
        symptom="No accounts returned",
        cause="{place} answered, and lists nobody",
        fix="check where and what is looked for; or the account that reads may not see any",
    ),
    ProblemKind(
        "referrals_not_followed",
        symptom="Referrals were not followed",
        cause="{place} says more is kept at {servers}, and that was not read",
        fix="connect these servers too if accounts are in them; otherwise nothing is to be done",
        exit_code=ExitCode.OK,
    ),
)
