/* The text's editor: Markdown with EasyMDE where the kind has it, else the plain field. One at a time. */
(function () {
    "use strict";
    var editor = null;
    var area = null;

    function symbol(name) {
        return '<span class="material-symbols-outlined" aria-hidden="true">' + name + "</span>";
    }

    function tool(name, action, icon, title) {
        return { name: name, action: action, icon: symbol(icon), title: title, attributes: { "aria-label": title } };
    }

    function toolbar(E) {
        return [
            tool("bold", E.toggleBold, "format_bold", "Bold"),
            tool("italic", E.toggleItalic, "format_italic", "Italic"),
            tool("heading", E.toggleHeadingSmaller, "title", "Heading"),
            "|",
            tool("unordered", E.toggleUnorderedList, "format_list_bulleted", "List"),
            tool("ordered", E.toggleOrderedList, "format_list_numbered", "Numbered list"),
            tool("quote", E.toggleBlockquote, "format_quote", "Quote"),
            tool("code", E.toggleCodeBlock, "code", "Code"),
            tool("table", E.drawTable, "table", "Table"),
            tool("link", E.drawLink, "link", "Link"),
            "|",
            tool("undo", E.undo, "undo", "Undo"),
            tool("redo", E.redo, "redo", "Redo"),
        ];
    }

    function rich() {
        var made = new window.EasyMDE({
            element: area,
            autoDownloadFontAwesome: false,
            spellChecker: false,
            nativeSpellcheck: true,
            inputStyle: "contenteditable",
            forceSync: true,
            lineNumbers: true,
            status: ["lines", "words"],
            maxHeight: "540px",
            shortcuts: { togglePreview: null, toggleSideBySide: null, toggleFullScreen: null },
            toolbar: toolbar(window.EasyMDE),
        });
        made.codemirror.getInputField().setAttribute("aria-label", "Text");
        /* Tab leaves the editor, so that the keyboard alone is enough. */
        made.codemirror.setOption("extraKeys", Object.assign({}, made.codemirror.getOption("extraKeys"), { Tab: false, "Shift-Tab": false }));
        return made;
    }

    function mount(changed) {
        editor = null;
        area = document.getElementById("text");
        if (!area) {
            return;
        }
        if (window.EasyMDE && area.hasAttribute("data-markdown")) {
            editor = rich();
            editor.codemirror.on("change", changed);
        } else {
            area.addEventListener("input", changed);
        }
    }

    /* CodeMirror reads typed letters 80 ms later: whoever saves or leaves at once must not lose them. */
    function flush() {
        var input = editor ? editor.codemirror.display.input : null;
        if (input && input.readDOMTimeout && input.pollContent) {
            window.clearTimeout(input.readDOMTimeout);
            input.readDOMTimeout = null;
            input.pollContent();
        }
    }

    function text() {
        flush();
        return editor ? editor.value() : area ? area.value : "";
    }

    function fill(value) {
        if (editor) {
            editor.value(value);
        } else if (area) {
            area.value = value;
        }
    }

    function focus() {
        if (editor) {
            editor.codemirror.refresh();
            editor.codemirror.focus();
        } else if (area) {
            area.focus();
        }
    }

    function jump(line) {
        focus();
        if (editor) {
            editor.codemirror.setCursor({ line: line - 1, ch: 0 });
            editor.codemirror.scrollIntoView({ line: line - 1, ch: 0 }, 80);
        } else if (area) {
            var before = area.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
            area.setSelectionRange(before, before);
            area.scrollTop = Math.max(0, (line - 4) * 18);
        }
    }

    /* Findings at their place: the lines that they are about are marked in the editor. */
    function mark(lines) {
        if (editor) {
            lines.forEach(function (line) {
                editor.codemirror.addLineClass(line - 1, "background", "desk-found");
            });
        }
    }

    function place() {
        return editor ? { cursor: editor.codemirror.getCursor(), inside: editor.codemirror.hasFocus() } : null;
    }

    function putBack(kept) {
        if (editor && kept && kept.inside) {
            editor.codemirror.focus();
            editor.codemirror.setCursor(kept.cursor);
        }
    }

    function refresh() {
        if (editor) {
            editor.codemirror.refresh();
        }
    }

    function leave() {
        flush();
        if (editor) {
            editor.codemirror.getInputField().blur();
        }
    }

    window.deskEditor = {
        mount: mount, text: text, fill: fill, focus: focus, leave: leave, jump: jump, mark: mark, place: place,
        putBack: putBack, refresh: refresh,
    };
})();
