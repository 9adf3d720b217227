"""Snapshots at rest."""

from __future__ import annotations

from pipeline.problems.kinds import ExitCode, ProblemKind

KINDS = (
    ProblemKind(
        "landing_unusable",
        symptom="Snapshots cannot be kept",
        cause="{place}: {reason}",
        fix="let this user write there (disk space and mode of the folder; or the bucket, and s3:ListBucket,"
        " GetObject, PutObject,"
        " DeleteObject on it), or set another `landing` in settings.yaml",
    ),
    ProblemKind(
        "snapshot_damaged",
        symptom="A snapshot is not as it was written",
        cause="{file} of snapshot {snapshot_id} {reason}",
        fix="restore it from a backup, or read the directory again with `certify sync {connection}`; and see who can"
        " write to the landing",
        exit_code=ExitCode.UNEXPECTED,
    ),
    ProblemKind(
        "shrank",
        symptom="The directory shrank",
        cause="{rows} rows in {table}, and {previous} in the last good snapshot ({previous_as_of}); that is more than"
        " {max_shrink} and {max_shrink_rows} rows less, so it is held, and the last good one stays current",
        fix="if they are really gone, `certify sync {connection} --accept-shrink {connection}`; otherwise fix what"
        " the directory returns",
        exit_code=ExitCode.REFUSED,
    ),
    ProblemKind(
        "emptied",
        symptom="The directory is empty",
        cause="no row in {table}, and {previous} in the last good snapshot ({previous_as_of}); an empty directory is"
        " always held, and the last good one stays current",
        fix="if they are really all gone, `certify sync {connection} --accept-shrink {connection}`; otherwise look at"
        " what the directory returns to this connection",
        exit_code=ExitCode.REFUSED,
    ),
    ProblemKind(
        "roster_empty",
        symptom="The roster is empty",
        cause="no row in {table}, and no earlier snapshot to compare it with; with nobody in it no account could have"
        " an owner, so it is held",
        fix="look at what the directory returns to this connection, or export it anew; if it is meant to be empty,"
        " `certify sync {connection} --accept-shrink {connection}`",
        exit_code=ExitCode.REFUSED,
    ),
    ProblemKind(
        "ids_changed",
        symptom="The identifiers changed",
        cause="{kept} of {previous} identifiers of the last good snapshot ({previous_as_of}) are left in {table}, and"
        " {why}; findings, history and decisions hang on the identifiers, so it is held, and the last good one stays"
        " current",
        fix="map native_id to what it came from before; or, if the new identifiers are meant,"
        " `certify sync {connection} --accept-shrink {connection}`: findings on the old ones then end as"
        " directory_changed",
        exit_code=ExitCode.REFUSED,
    ),
    ProblemKind(
        "snapshot_from_future",
        symptom="A snapshot from the future",
        cause="snapshot {snapshot_id} says it was read on {as_of}, and the clock of this machine says {now}; one of the"
        " two clocks is wrong, so the snapshot is set aside and older ones count",
        fix="compare the clocks of the machines that run certify (`timedatectl`). If the snapshot's was wrong, delete"
        " {place}/{series}/{snapshot_id}; if this one's was wrong, set it right and delete the file {marker} in there",
        exit_code=ExitCode.PARTIAL,
    ),
    ProblemKind(
        "no_snapshot_then",
        symptom="No snapshot that old",
        cause="no snapshot of '{connection}' that is kept was read by {instant}; {oldest}, so its accounts are not"
        " judged as of then",
        fix="choose a later instant. Of each connection the newest {keep} attempts are kept; raise keep_snapshots in"
        " settings.yaml to look further back from now on",
    ),
    ProblemKind(
        "unexpected",
        symptom="Unexpected error",
        cause="{error}",
        fix="the log has the whole of it, please report it; `certify sync {connection}` tries again",
        exit_code=ExitCode.UNEXPECTED,
    ),
    ProblemKind(
        "read_took_too_long",
        symptom="Reading took too long",
        cause="{deadline} had passed before everything was read (it was reading {far}), so what"
        " this connection holds now is unknown",
        fix="find out why it answers so slowly, then run `certify sync {connection}` again; what was read before stays"
        " current. For a directory that is meant to take so long, raise `read_deadline` in settings.yaml",
    ),
    ProblemKind(
        "read_too_large",
        symptom="The directory sent too much",
        cause="{what} (it was reading {far}), which no directory of people needs; what this connection holds now is"
        " unknown",
        fix="{advice}, then run `certify sync {connection}` again; what was read before stays current",
    ),
)
