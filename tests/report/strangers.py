"""More than 2,000 texts that strangers may write to hurt a reader, and every octet."""

from collections.abc import Iterator
from itertools import product

_LEADS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_BEFORE = ("", " ", "\t", "'", '"', ";", ",", "\u00a0", "\u200b", "\u2060", "\ufeff", "\n", "\x00", "'\"", " \t ")
_FORMULAS = (
    "1+1",
    'HYPERLINK("http://evil.example","x")',
    "cmd|' /C calc'!A0",
    'WEBSERVICE("http://evil.example")',
    "SUM(1:1)",
    "IMPORTXML(CONCAT(1),2)",
)
_SEQUENCES = (
    *(
        "\x1b[31m",
        "\x1b[2J",
        "\x1b]0;title\x07",
        "\x1b]52;c;ZXZpbA==\x07",
        "\x1b]8;;http://evil.example\x1b\\x\x1b]8;;\x1b\\",
    ),
    *("\x9b31m", "\x9d0;title\x9c", "\x90q\x9c", "\x1bc", "\x1b(0", "\x0e", "\x07", "\x08" * 20, "\x7f", "\x05"),
)
_MARKUP = r"""
<script>document.title='fooled'</script>
<img src=x onerror="document.title='fooled'">
<svg/onload=document.title='fooled'>
" onmouseover="document.title='fooled'
' style='x:expression(1)
javascript:document.title='fooled'
</td></tr></table>
</style><style>*{display:none}
</textarea>
<base href=http://evil.example>
<meta http-equiv=refresh>
<!--
-->
]]>
<![CDATA[
&lt;b&gt; &#60;b&#62; &amp;
[red]x[/red]
[link=http://evil.example]x[/link]
%s%n
{0} {x!r}
${PATH} $(id) `id` %PATH%
_x0041_
_x000D_
__x0041__
#N/A
#REF!
{=1}
1e999
TRUE
00123
1/2/2026
../../etc/passwd
C:\con
\\evil\share
file:///etc/passwd
mailto:x@evil.example
http://evil.example
""".strip().splitlines()
_POINTS = (
    *range(0x100),
    *(0x2028, 0x2029, 0x200B, 0x200D, 0x2060, 0xFEFF, 0xFFF9, 0xFFFB, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF, 0xFDD0),
    *(*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x061C, 0x200E, 0x200F, 0xD800, 0xDBFF, 0xDC00, 0xDC80, 0xDFFF),
    *(0x0301, 0x0489, 0x20DD, 0x1F4E7, 0x1F9D1, 0xE0041, 0xFE0F, 0x3000, 0x115F, 0xFF1C, 0xFF1E),
)
_MAIL = "\U0001f4e7"
_LONG = ("x" * 32_767, "x" * 40_000, _MAIL * 16_384, "y" + _MAIL * 20_000, "e\u0301" * 5_000, "=" * 33_000)


def strangers_texts() -> list[str]:
    """All of them, each once."""
    return list(dict.fromkeys(_all()))


def _all() -> Iterator[str]:
    for before, lead, formula in product(_BEFORE, _LEADS, _FORMULAS):
        yield f"{before}{lead}{formula}"
    for point in _POINTS:
        yield from (chr(point), f"a{chr(point)}b", f"{chr(point)}=1+1")
    for text in (*_SEQUENCES, *_MARKUP):
        yield from (text, f"before {text} after", text.upper(), text + "\r\n" + text)
    yield from (bytes((octet,)).decode("utf-8", "backslashreplace") for octet in range(256))
    yield from (bytes((octet, 0x80)).decode("latin-1") for octet in range(256))
    yield from _LONG
