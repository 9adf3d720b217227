"""The sample company's people by name: many cultures, and names that break careless software.

A line is `given|family`, or `given|family|latin` where the e-mail address cannot be told from the spelling. A person
with one name has no given name.
"""

# ruff: noqa: RUF001 (names in their own letters are the point)
from __future__ import annotations

import unicodedata
from dataclasses import dataclass

DOMAIN = "tidewater.example"

_CAST = """
Margarethe|Lindqvist
Nguyễn Văn|An
Olumide|Adeyemi
Siobhán|O'Brien
Jan|van der Berg
Anh|NA
Christopher|Null
|Wulandari
María|García
Miguel|García
Maria|Garcia|maria.garcia2
Daniël|Botha
Jean-Luc|D'Angelo
秀英|王|xiuying.wang
محمد|الفارسي|mohammed.alfarsi
Łukasz|Wiśniewski
José Antonio|de la Cruz
Ève|Lefèvre-Dubois
Þórunn|Björnsdóttir
Test|Userson
Daniel|Kim
Daniel|Kim|daniel.kim2
William|Fitzgerald
Charlotte|Okonjo
Ricardo|Monteiro
Nadia|Rahmani
Viktor|Horváth
Ingrid|Solberg
Farouk|Mansour
Emma|Larsson
由紀|田中|yuki.tanaka
"""
"""People with a trap in their name; they are given parts of their own."""

_OTHERS = """
Anna|Kowalska
Piotr|Nowak
Zofia|Dąbrowska
Grzegorz|Brzęczyszczykiewicz
Aarav|Sharma
Priya|Venkataraman
Ishaan|Mukherjee
Lakshmi|Narayanan
Rohan|Deshpande
Ananya|Iyer
Harpreet|Singh
Gurpreet|Kaur
Fatima|Zahra El Idrissi
Youssef|Benali
Amina|Diallo
Kwame|Mensah
Chiamaka|Okonkwo
Tendai|Moyo
Thandiwe|Nkosi
Wanjiru|Kamau
Abebe|Bikila
Selam|Tesfaye
Emre|Yılmaz
Ayşe|Öztürk
Şebnem|Çelik
Dimitris|Papadopoulos
Eleni|Oikonomou
Иван|Петров|ivan.petrov
Ольга|Смирнова|olga.smirnova
Наталія|Шевченко|nataliya.shevchenko
Dragan|Đorđević
Ivana|Čović
Matej|Šimić
Jiří|Dvořák
Tereza|Nováková
Ľubomír|Žák
Bálint|Nagy
Ágnes|Szűcs
Ștefan|Ionescu
Ioana|Popescu
Mihkel|Tamm
Jānis|Bērziņš
Rūta|Kazlauskienė
Aino|Virtanen
Väinö|Mäkelä
Søren|Kjærgaard
Freja|Østergaard
Åsa|Söderström
Nils|Åkesson
Bjørn|Hågensen
Jürgen|Groß
Käthe|Müller
Annegret|von der Heide
Wolfgang|Schäfer
Pieter|de Vries
Femke|ten Brink
Sanne|'t Hooft
Thibault|de Saint-Exupéry
Amélie|Beauchêne
François|Noël
Giulia|De Santis
Matteo|Dell'Acqua
Niccolò|Bianchi
Beatriz|dos Santos
João|Gonçalves
Conceição|Araújo
Iñaki|Etxeberria
Núria|Puig i Soler
Álvaro|Núñez Ibáñez
Ximena|Hernández
Guadalupe|Ramírez
Lautaro|Fernández
Valentina|Rojas
Caoimhe|Ní Dhomhnaill
Pádraig|Mac Giolla
Rhys|ap Gwilym
Eilidh|MacLeod
Fiona|McAllister
Oliver|Bennett
Amelia|Clarke
Harry|Whitfield
Grace|Abbott
Jack|Robinson
Emily|Watts
Thomas|Ashworth
Charlotte|Pemberton
William|Okafor-Hughes
Sofia|Rossi
Liam|Tremblay
Chloé|Gagnon
Noah|Johnson
Emma|Williams
Ethan|Brown
Ava|Davis
Mason|Miller
Isabella|Wilson
Logan|Anderson
Mia|Thomas
Lucas|Jackson
Harper|White
Elijah|Harris
Evelyn|Martin
James|Thompson
Samuel|Mitchell
Luna|Perez
David|Roberts
Penelope|Turner
小明|李|xiaoming.li
丽华|陈|lihua.chen
伟|张|wei.zhang
志強|林|chihchiang.lin
美玲|黃|meiling.huang
太郎|山田|taro.yamada
花子|鈴木|hanako.suzuki
健一|佐藤|kenichi.sato
さくら|高橋|sakura.takahashi
민준|김|minjun.kim
서연|이|seoyeon.lee
지훈|박|jihoon.park
Trần Thị|Mai
Lê Minh|Đức
Phạm Quốc|Bảo
สมชาย|ใจดี|somchai.jaidee
ณัฐธิดา|ศรีสุข|natthida.srisuk
Budi|Santoso
Siti|Nurhaliza binti Ahmad
Ahmad|bin Ismail
Maria Cristina|delos Reyes
Jose Mari|Bautista
Aiko|Nakamura-Svensson
Hineata|Te Rangi
Kiri|Parata
Leilani|Kealoha
سارة|الحسيني|sara.alhusseini
خالد|بن سعيد|khalid.binsaid
ליאור|כהן|lior.cohen
נועה|לוי|noa.levi
आदित्य|कुलकर्णी|aditya.kulkarni
Nilufar|Karimova
Aibek|Nurlanov
Tserendorj|Batbayar
Nino|Gelashvili
Armen|Hakobyan
Leyla|Məmmədova
Reza|Hosseini
Parisa|Ahmadi
Zainab|Al-Khalifa
Omar|Haddad
Ngozi|Eze
Babajide|Ogunleye
"""


@dataclass(frozen=True)
class Name:
    """A person's name as HR writes it, and the local part of the address made from it."""

    given: str
    family: str
    local: str

    @property
    def email(self) -> str:
        """The company's address for it."""
        return f"{self.local}@{DOMAIN}"

    @property
    def short(self) -> str:
        """The user name made from it: `jvanderberg`."""
        first, _, last = self.local.partition(".")
        return (first[0] + last if last else first).replace(".", "").replace("-", "")


def cast() -> list[Name]:
    """The people with a trap in their name, in a fixed order."""
    return _names(_CAST)


def others() -> list[Name]:
    """Everybody else, in a fixed order."""
    return _names(_OTHERS)


def _names(block: str) -> list[Name]:
    return [_name(line) for line in block.strip().splitlines()]


def _name(line: str) -> Name:
    given, family, *latin = line.split("|")
    local = latin[0] if latin else ".".join(folded for part in (given, family) if (folded := ascii_fold(part)))
    return Name(given, family, local)


_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "ə": "a",
        "'": "",
        " ": "",
    }
)


def ascii_fold(text: str) -> str:
    """The letters an e-mail address takes from a name: `Đorđević` gives `dordevic`, `van der Berg` `vanderberg`."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(letter for letter in plain if letter.isascii() and (letter.isalnum() or letter == "-"))
