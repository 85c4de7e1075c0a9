/* A text that holds a value, as a form: its field stays what is saved, and is filled from the form at every key. The text itself is
   one button away. Where it is no JSON, its value comes beside it, and the server makes such a text of the form's JSON again. */
(function () {
    "use strict";
    var fields = window.formFields;
    var wanted = "form";

    function button(word, mode) {
        return fields.make("button", { type: "button", "class": "bs-button", "data-mode": mode }, [word]);
    }

    function parsed(text) {
        try {
            return { value: JSON.parse(text) };
        } catch (error) {
            return null;
        }
    }

    function indent(text) {
        var found = /\n( +)\S/.exec(text);
        return found ? Math.min(found[1].length, 4) : 2;
    }

    function mount(area, changed) {
        var shape = JSON.parse(area.dataset.shape);
        var base = area.value;
        var baseValue = parsed(area.dataset.value || base);
        var word = area.dataset.value ? "text" : "JSON";
        var canonical = baseValue ? JSON.stringify(baseValue.value) : "";
        var root = null;
        var switches = fields.make("div", { "class": "form-modes", role: "group", "aria-label": "How the text is edited" }, [button("Form", "form"), button(word === "text" ? "Text" : "JSON", "text")]);
        var note = fields.make("p", { "class": "bs-note", role: "status" });
        var box = fields.make("div", { "class": "form-editor", role: "group", "aria-label": "Text as a form" });
        note.hidden = true;
        area.before(switches, note, box);

        function showing() {
            return root !== null;
        }

        function show() {
            box.hidden = !showing();
            area.hidden = showing();
            switches.querySelectorAll("button").forEach(function (one) {
                one.setAttribute("aria-pressed", String((one.dataset.mode === "form") === showing()));
            });
        }

        function told(sentence) {
            note.textContent = sentence;
            note.hidden = !sentence;
        }

        /* Make the form of what the field holds; where it can't be one, the JSON stays, and says why. */
        function build() {
            var found = area.value === base ? baseValue : parsed(area.value);
            root = null;
            told("");
            try {
                root = found && wanted === "form" ? fields.build(shape, found.value) : null;
            } catch (error) {
                if (!error.misfit) {
                    throw error;
                }
                told("Shown as " + word + ". " + error.message);
            }
            if (!found && wanted === "form") {
                told("Shown as " + word + ": " + (word === "text" ? "save it, and it is a form again." : "it can't be read as JSON as it stands."));
            }
            box.replaceChildren.apply(box, root ? [root.element] : []);
            show();
        }

        function write() {
            var value = root.read();
            area.value = JSON.stringify(value) === canonical ? base : JSON.stringify(value, null, indent(base));
            changed();
        }

        function unmark() {
            box.querySelectorAll("[aria-invalid]").forEach(function (one) {
                one.removeAttribute("aria-invalid");
                one.setAttribute("aria-describedby", (one.getAttribute("aria-describedby") || "").replace(/ ?form-wrong/, ""));
            });
            box.querySelectorAll(".form-wrong").forEach(function (one) {
                one.remove();
            });
        }

        /* The server's sentence at the field that it is about. */
        function refuse(place, sentence) {
            if (!showing() || !place) {
                return false;
            }
            var node = fields.find(root, place.split("."));
            var control = node.control || fields.focusable(node.element);
            var wrong = fields.make("p", { "class": "bs-error form-wrong", id: "form-wrong" }, [sentence]);
            unmark();
            control.setAttribute("aria-invalid", "true");
            control.setAttribute("aria-describedby", ((control.getAttribute("aria-describedby") || "") + " form-wrong").trim());
            (control.closest(".form-single") || control.parentElement).append(wrong);
            control.focus();
            return true;
        }

        box.addEventListener("input", function () {
            unmark();
            write();
        });
        box.addEventListener("keydown", function (event) {
            /* Enter in a line would press the first button of the page's form. */
            if (event.key === "Enter" && event.target.tagName === "INPUT" && !event.ctrlKey && !event.metaKey) {
                event.preventDefault();
            }
        });
        area.addEventListener("input", changed);
        switches.addEventListener("click", function (event) {
            var pressed = event.target.closest("button");
            if (pressed) {
                wanted = pressed.dataset.mode;
                build();
            }
        });
        build();
        if (area.dataset.wrong) {
            refuse(area.dataset.wrong, area.dataset.sentence);
        }

        return {
            fill: function (text) {
                area.value = text;
                build();
            },
            focus: function () {
                (showing() ? fields.focusable(box) : area).focus();
            },
            asText: function () {
                root = null;
                show();
            },
            place: function () {
                var inside = box.contains(document.activeElement);
                return { inside: inside, path: inside && root ? fields.trace(root, document.activeElement) : [] };
            },
            putBack: function (kept) {
                if (kept.inside && root) {
                    var node = fields.find(root, kept.path);
                    (node.control || fields.focusable(node.element)).focus();
                }
            },
            refuse: refuse,
            showing: showing,
        };
    }

    window.formEditor = { mount: mount };
})();
