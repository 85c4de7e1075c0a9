/* A field of Markdown as EasyMDE, the same on every page that has one. */
(function () {
    "use strict";
    var MOST = 200000;
    var LONGEST = 20000;

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

    /* Beyond this it keeps the browser busy for seconds: a plain field takes any text at once. */
    function manageable(text) {
        return text.length <= MOST && text.split("\n").every(function (line) {
            return line.length <= LONGEST;
        });
    }

    /* What dictation, an emoji picker or a phone's keyboard puts in the place of a selection is read from the page
       afterwards, and CodeMirror loses it where the selection goes over many lines. So it is put in through CodeMirror. */
    function takeReplacements(codemirror) {
        var field = codemirror.getInputField();
        field.addEventListener("beforeinput", function (event) {
            var put = typeof event.data === "string" && event.inputType.indexOf("insert") === 0;
            if (put && event.cancelable && !event.isComposing && codemirror.somethingSelected()) {
                event.preventDefault();
                codemirror.replaceSelection(event.data);
            }
        });
        field.addEventListener("compositionstart", function () {
            if (codemirror.getSelection().indexOf("\n") >= 0) {
                codemirror.replaceSelection("");
            }
        });
    }

    function mount(area) {
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
        takeReplacements(made.codemirror);
        made.codemirror.getInputField().setAttribute("aria-label", "Text");
        /* Tab leaves the editor, so that the keyboard alone is enough. */
        made.codemirror.setOption("extraKeys", Object.assign({}, made.codemirror.getOption("extraKeys"), { Tab: false, "Shift-Tab": false }));
        return made;
    }

    window.markdownEditor = { mount: mount, manageable: manageable };
})();
