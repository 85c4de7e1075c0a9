/* The page of one record: Markdown editor, preview of what is typed, a warning before unsaved text is left. */
document.addEventListener("DOMContentLoaded", function () {
    "use strict";
    var form = document.getElementById("artefact-form");
    var area = document.querySelector("textarea[data-markdown]");
    var previewButton = document.getElementById("preview-button");
    var dirty = false;
    var timer = null;

    if (!form || !area) {
        return;
    }

    function symbol(name) {
        return '<span class="material-symbols-outlined" aria-hidden="true">' + name + "</span>";
    }

    function showPreview() {
        form.requestSubmit(previewButton);
    }

    function typed() {
        dirty = true;
        window.clearTimeout(timer);
        timer = window.setTimeout(showPreview, 700);
    }

    function tool(name, action, icon, title) {
        return { name: name, action: action, icon: symbol(icon), title: title, attributes: { "aria-label": title } };
    }

    if (window.EasyMDE) {
        var E = window.EasyMDE;
        var editor = new E({
            element: area,
            autoDownloadFontAwesome: false,
            spellChecker: false,
            nativeSpellcheck: true,
            inputStyle: "contenteditable",
            forceSync: true,
            status: ["lines", "words"],
            maxHeight: "540px",
            shortcuts: { togglePreview: null, toggleSideBySide: null, toggleFullScreen: null },
            toolbar: [
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
            ],
        });
        editor.codemirror.getInputField().setAttribute("aria-label", "Text");
        /* The key leaves the editor, so that the keyboard alone is enough. */
        editor.codemirror.setOption("extraKeys", Object.assign({}, editor.codemirror.getOption("extraKeys"), { Tab: false, "Shift-Tab": false }));
        editor.codemirror.on("change", typed);
    } else {
        area.addEventListener("input", typed);
    }

    form.addEventListener("submit", function (event) {
        if (event.submitter !== previewButton) {
            dirty = false;
            window.clearTimeout(timer);
        }
    });
    window.addEventListener("beforeunload", function (event) {
        if (dirty) {
            event.preventDefault();
        }
    });
});
