"""Which selectors a domain may use: the DNS cannot list them, but providers keep to the same ones.

The table holds what providers tell their customers to publish, as far as that was known in November 2026; a selector
that is out of date costs one question, and one that is missing leaves the answer "unknown".
Left out are those whose selectors differ for each customer: Amazon SES, HubSpot, SparkPost, Rackspace,
Infomaniak, Mimecast, Proofpoint, Salesforce, Shopify.
"""

from collections.abc import Iterator, Mapping, Sequence

from auditor.policy.names import upwards

COMMON = (
    "default",  # cPanel, Plesk, OpenDKIM
    "dkim",  # mailcow, Mailu, rspamd
    "mail",  # docker-mailserver, and most guides to OpenDKIM
    "x",  # DirectAdmin
    "google",  # Google Workspace and Microsoft 365 also sign behind a gateway, where neither MX nor SPF names them
    "selector1",
    "selector2",
    "s1",  # SendGrid, Mailchimp and others like them need no SPF record of the domain itself
    "s2",
    "k1",
    "k2",
    "k3",
)
"""Asked for at every domain that may have keys.  Each costs a query for each of them, so that only what is met
often stands here, and what the table below cannot tell."""

_BY_PROVIDER: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    # Provider: (domains of its exchanges and SPF records, selectors)
    "Microsoft 365": (("protection.outlook.com", "mx.microsoft"), ("selector1", "selector2")),
    "Google Workspace": (("google.com", "googlemail.com"), ("google",)),
    "Zoho": (("zoho.com", "zoho.eu", "zoho.in", "zohomail.com", "zohomail.eu"), ("zmail", "zoho")),
    "Fastmail": (("messagingengine.com",), ("fm1", "fm2", "fm3")),
    "Proton": (("protonmail.ch",), ("protonmail", "protonmail2", "protonmail3")),
    "iCloud": (("icloud.com",), ("sig1",)),
    "Yandex 360": (("yandex.net", "yandex.ru", "yandex.com"), ("mail",)),
    "VK WorkSpace": (("mail.ru",), ("mailru",)),
    "Tuta": (("tutanota.de",), ("s1", "s2")),
    "mailbox.org": (("mailbox.org",), ("mbo0001", "mbo0002", "mbo0003", "mbo0004")),
    "Migadu": (("migadu.com",), ("key1", "key2", "key3")),
    "Purelymail": (("purelymail.com",), ("purelymail1", "purelymail2", "purelymail3")),
    "IONOS": (
        ("ionos.com", "ionos.de", "ionos.co.uk", "ionos.fr", "ionos.es", "ionos.it", "kundenserver.de"),
        ("s1-ionos", "s2-ionos", "s42582890"),
    ),
    "Strato": (("rzone.de", "strato.com"), ("strato-dkim-0002", "strato-dkim-0003")),
    "Hostinger": (("hostinger.com",), ("hostingermail-a", "hostingermail-b", "hostingermail-c")),
    "TransIP": (("transip.email",), ("transip-a", "transip-b", "transip-c")),
    "Gandi": (("gandi.net", "gandimail.net"), ("gm1", "gm2", "gm3")),
    "Hornetsecurity": (("hornetsecurity.com",), ("hse1", "hse2")),
    "Cloudflare Email Routing": (("mx.cloudflare.net",), ("cf2024-1",)),
    "ImprovMX": (("improvmx.com",), ("dkimprovmx1", "dkimprovmx2")),
    "SimpleLogin": (("simplelogin.co",), ("dkim", "dkim02", "dkim03")),
    "SendGrid": (("sendgrid.net",), ("s1", "s2", "smtpapi")),
    "Mailchimp": (("mcsv.net",), ("k1", "k2", "k3")),
    "Mandrill": (("mandrillapp.com",), ("mte1", "mte2", "mandrill")),
    "Mailgun": (("mailgun.org",), ("k1", "mx", "pic", "krs", "smtp", "mailo", "pdk1", "pdk2")),
    "Postmark": (("mtasv.net",), ("pm",)),
    "Mailjet": (("mailjet.com",), ("mailjet",)),
    "Brevo": (("sendinblue.com", "brevo.com"), ("brevo1", "brevo2", "mail")),
    "Elastic Email": (("elasticemail.com",), ("api",)),
    "Constant Contact": (("constantcontact.com",), ("ctct1", "ctct2")),
    "Campaign Monitor": (("createsend.com",), ("cm",)),
    "ActiveCampaign": (("emsd1.com", "acems1.com"), ("acdkim1", "acdkim2", "dk")),
    "MailerLite": (("mlsend.com",), ("litesrv", "ml")),
    "AWeber": (("aweber.com",), ("aweber_key_a", "aweber_key_b", "aweber_key_c")),
    "Zendesk": (("zendesk.com",), ("zendesk1", "zendesk2")),
    "Help Scout": (("helpscoutemail.com",), ("strong1", "strong2")),
}
_BY_DOMAIN = {domain: selectors for domains, selectors in _BY_PROVIDER.values() for domain in domains}


def selectors_of(exchanges: Sequence[str], senders: Sequence[str]) -> tuple[str, ...]:
    """Selectors that the providers seen in exchanges and SPF are known to use, each once.

    Args:
        exchanges: names of the hosts that take the domain's mail.
        senders: names of the SPF records that the domain's own includes.

    """
    return tuple(dict.fromkeys(one for name in (*exchanges, *senders) for one in _selectors_at(name)))


def _selectors_at(name: str) -> Iterator[str]:
    """Those of the provider whose domain the name is, or is below."""
    for domain in upwards(name):
        yield from _BY_DOMAIN.get(domain, ())
