"""The headers under which lists keep their domains, in the languages our users write."""

import re
import unicodedata

_CERTAIN = (
    *("domain", "domains", "domain name", "domain names", "domainname", "domainnames", "dns domain", "dns name"),
    *("mail domain", "mail domains", "maildomain", "email domain", "email domains", "e mail domain", "e mail domains"),
    *("domäne", "domänen", "domaene", "domaenen", "domänenname", "domainnamen", "maildomäne", "e mail domäne"),
    *("domaine", "domaines", "nom de domaine", "noms de domaine", "domaine de messagerie", "domaine mail"),
    *("dominio", "dominios", "nombre de dominio", "nombres de dominio", "dominio de correo"),
    *("domini", "nome di dominio", "nomi di dominio", "nome dominio", "dominio di posta", "dominio email"),
)
_LIKELY = (
    *("fqdn", "zone", "zone name", "host", "hosts", "hostname", "host name", "server", "target"),
    *("name", "names", "dns"),
    *("email", "e mail", "mail", "email address", "e mail address", "mail address", "emailaddress"),
    *("e mail adresse", "mailadresse", "adresse e mail", "adresse mail", "courriel"),
    *("correo", "correo electrónico", "correo electronico", "posta elettronica", "indirizzo email"),
    *("url", "website", "web site", "webseite", "site", "site web", "sitio web", "sito web"),
)
_RANK = {header: rank for rank, header in enumerate((*_CERTAIN, *_LIKELY))}


def plain_header(text: str) -> str:
    """Return a header in the form in which headers are compared: without case, and punctuation as spaces."""
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()


def is_known_header(text: str) -> bool:
    """Tell whether columns under this header hold domains, or may."""
    return plain_header(text) in _RANK


def is_certain_header(text: str) -> bool:
    """Tell whether columns under this header hold domains, whatever their cells look like."""
    rank = _RANK.get(plain_header(text))
    return rank is not None and rank < len(_CERTAIN)


def header_rank(text: str) -> int:
    """Return a known header's place in the order of preference, from 0."""
    return _RANK[plain_header(text)]
