"""The promises this program makes, each in words a user can hold it to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """One promise. `waits_for` names the feature it is about while that is not built yet: it then has no test."""

    text: str
    waits_for: str = ""


PROMISES: dict[str, Promise] = {
    "P1": Promise("A sync is all or nothing for each connection: killed at any point, it leaves no partial state."),
    "P2": Promise("A reader of the published file never sees two builds mixed, a half-built one, or an error."),
    "P3": Promise("Write-back has its effect once, and does nothing that was not approved.", "write-back"),
    "P4": Promise("Write-back is off by default, and every gate must be open before one write call.", "write-back"),
    "P5": Promise("A decision about an account that has changed since the review does not act.", "write-back"),
    "P6": Promise("A plan that reaches further than allowed stops before its first call.", "write-back"),
    "P7": Promise("What write-back did can be undone, and what cannot be undone says so beforehand.", "write-back"),
    "P8": Promise("Two reads of an unchanged directory give equal tables, whatever the order and size of the pages."),
    "P9": Promise("Every kind of directory passes one acceptance suite, and a new kind gets it by one line."),
    "P10": Promise("A faulty connections or settings file is one clear error with file, line and field; never a hang."),
    "P11": Promise("A wrong or damaged answer of a directory is read correctly or fails that connection alone."),
    "P12": Promise("A damaged or hostile file is read or refused in words, and nothing else is opened."),
    "P13": Promise("A missing permission is visible: what it hides is unknown, never clean, and the fix is named."),
    "P14": Promise("A failing account hides no other, and its older data is never shown as new."),
    "P15": Promise("A throttled read ends complete, with a bounded number of calls."),
    "P16": Promise("The external ID is enforced: a role that does not require it is found out and not used."),
    "P17": Promise(
        "A session that reads cannot write: neither our client nor its session policy lets a write through."
    ),
    "P18": Promise("No secret is in any file, log, page, message or table, however a library spells it."),
    "P19": Promise("What is exported or shown cannot attack its reader, and gives back the exact name."),
    "P20": Promise("No name or value becomes SQL."),
    "P21": Promise("A change made to the recorded decisions behind the program's back is found, and the row is named."),
    "P22": Promise("Everything in a home is private to its owner, after every command, whatever the umask."),
    "P23": Promise("Commands that run at once wait or say who is at work; none loses what another one wrote."),
    "P24": Promise("Decisions outlive every upgrade."),
    "P25": Promise("A review file that comes back is verified row by row: no bad decision is taken, no good one lost."),
    "P26": Promise("Staleness never follows from missing data, and limits are exact to the second."),
    "P27": Promise("Everything installed is locked by hash, listed with its licence, and free of dangerous calls."),
    "P28": Promise("`certify sql` answers one SELECT, and can write or read nothing else."),
    "P29": Promise("The web pages obey no other site, and nobody elsewhere without their token."),
    "P30": Promise("A full disk is one clear message, and the last good state stays."),
    "P31": Promise("Without a reliable roster there is no verdict on ownership, and a failing check says why."),
    "P32": Promise(
        "The four common mistakes of connecting an account are answered in the words of the troubleshooting page."
    ),
    "P33": Promise("Any DuckDB client opens the published file."),
    "P34": Promise("dbt run by hand disturbs no home and no sync."),
    "P35": Promise("A decision wins over every rule until it is undone, also after a rebuild from nothing."),
    "P36": Promise("Nothing but `certify remove-home` deletes a home."),
    "P37": Promise(
        "No directory and no file holds a sync up or fills its memory: time, bytes, rows and cells are limited, and the"
        " others go on."
    ),
    "P38": Promise("Only what was built and tested over exactly what was loaded is published."),
}
