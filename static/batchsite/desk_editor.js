/* The text's editor: Markdown with EasyMDE or JSON as a form where the kind has it, else the plain field. One at a time. */
(function () {
    "use strict";
    var editor = null;
    var form = null;
    var area = null;

    function mount(changed) {
        editor = form = null;
        /* On the page of a conflict it is one's own text that is mended. */
        area = document.getElementById("text") || document.getElementById("yours");
        if (!area) {
            return;
        }
        if (window.EasyMDE && area.hasAttribute("data-markdown") && window.markdownEditor.manageable(area.value)) {
            editor = window.markdownEditor.mount(area);
            editor.codemirror.on("change", changed);
        } else if (area.dataset.shape) {
            form = window.formEditor.mount(area, changed);
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
        } else if (form) {
            form.fill(value);
        } else if (area) {
            area.value = value;
        }
    }

    function focus() {
        if (editor) {
            editor.codemirror.refresh();
            editor.codemirror.focus();
        } else if (form) {
            form.focus();
        } else if (area) {
            area.focus();
        }
    }

    function jump(line) {
        if (form) {
            form.asText();
        }
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
        return form ? form.place() : editor ? { cursor: editor.codemirror.getCursor(), inside: editor.codemirror.hasFocus() } : null;
    }

    function putBack(kept) {
        if (editor && kept && kept.inside) {
            editor.codemirror.focus();
            editor.codemirror.setCursor(kept.cursor);
        } else if (form && kept) {
            form.putBack(kept);
        }
    }

    /* Show the server's sentence at its field; false: there is no such field. */
    function refuse(place, sentence) {
        return Boolean(form && place && form.refuse(place, sentence));
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
        putBack: putBack, refresh: refresh, refuse: refuse,
    };
})();
