/* A form for a JSON value, built from its shape: fields, and lists whose rows are added, moved and removed.
   Whatever the value holds becomes the text of a field, never HTML. A field that nobody touches gives back what it got. */
(function () {
    "use strict";
    var MOST = 1500;
    var count = 0;
    var serial = 0;

    function make(tag, attributes, children) {
        var element = document.createElement(tag);
        Object.keys(attributes || {}).forEach(function (name) {
            element.setAttribute(name, attributes[name]);
        });
        (children || []).forEach(function (child) {
            element.append(child);
        });
        return element;
    }

    function has(value, name) {
        return Object.prototype.hasOwnProperty.call(value, name);
    }

    /* The value does not have the form's shape: people get the JSON instead, with this sentence. */
    function misfit(sentence) {
        var error = new Error(sentence);
        error.misfit = true;
        return error;
    }

    function isGroup(value) {
        return typeof value === "object" && value !== null && !Array.isArray(value);
    }

    /* What a new row begins with. */
    function start(shape) {
        if (has(shape, "start")) {
            return shape.start;
        }
        if (shape.kind === "group") {
            return shape.fields.reduce(function (made, field) {
                made[field.name] = start(field);
                return made;
            }, Object.create(null));
        }
        return shape.kind === "list" ? [] : shape.kind === "yes" ? false : shape.kind === "other" || shape.empty ? null : "";
    }

    /* Single fields: each says what it shows, and reads what was typed. */

    function area(shown, mono) {
        var control = make("textarea", { rows: "1", dir: "auto", "class": mono ? "bs-mono" : "" });
        control.value = shown;
        return control;
    }

    var KINDS = {
        text: {
            make: function (shape, value) {
                return area(value === null || value === undefined ? "" : String(value));
            },
            read: function (shape, typed) {
                return typed === "" && shape.empty ? null : typed;
            },
        },
        number: {
            make: function (shape, value) {
                var control = make("input", { type: "text", inputmode: shape.whole ? "numeric" : "decimal", autocomplete: "off" });
                control.value = value === null || value === undefined ? "" : String(value);
                return control;
            },
            read: function (shape, typed) {
                var text = typed.trim();
                var number = Number(text);
                if (text === "") {
                    return shape.empty ? null : "";
                }
                var good = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) && isFinite(number);
                /* What is no number stays as it was typed: the server says what is wrong with it. */
                return good && !(shape.whole && rounded(number)) ? number : typed;
            },
        },
        choice: {
            make: function (shape, value) {
                var control = make("select", {});
                var at = shape.options.indexOf(value);
                if (at < 0) {
                    var strange = value === undefined || value === null || value === "" ? "Choose …" : String(value) + " (not in the list)";
                    control.append(make("option", { value: "" }, [strange]));
                }
                shape.options.forEach(function (option, number) {
                    control.append(make("option", { value: String(number) }, [String(option)]));
                });
                control.value = at < 0 ? "" : String(at);
                return control;
            },
            read: function (shape, typed) {
                return typed === "" ? "" : shape.options[Number(typed)];
            },
        },
        yes: {
            make: function (shape, value) {
                var control = make("input", { type: "checkbox" });
                control.checked = value === true;
                return control;
            },
            read: function (shape, typed) {
                return typed;
            },
        },
        other: {
            make: function (shape, value) {
                return area(value === undefined ? "" : JSON.stringify(value, null, 1), true);
            },
            read: function (shape, typed) {
                try {
                    return typed.trim() === "" ? null : JSON.parse(typed);
                } catch (error) {
                    return typed;
                }
            },
        },
    };

    /* Whether a number in it is larger than a browser holds exactly: such a text is edited as JSON only. */
    function rounded(value) {
        if (typeof value === "number") {
            return !isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value));
        }
        return typeof value === "object" && value !== null && Object.values(value).some(rounded);
    }

    function fits(shape, value) {
        if (shape.kind === "number" && !shape.whole && typeof value === "number") {
            return isFinite(value);
        }
        if (rounded(value)) {
            return false;
        }
        if (value === undefined || shape.kind === "other") {
            return true;
        }
        return shape.kind === "yes" ? typeof value === "boolean" : typeof value !== "object" || value === null;
    }

    function leaf(shape, value) {
        var kind = KINDS[shape.kind] || KINDS.other;
        count += 1;
        if (count > MOST) {
            throw misfit("It has too many fields for a form.");
        }
        if (!fits(shape, value)) {
            throw misfit((shape.label ? "“" + shape.label + "”" : "A row") + " holds what its field can't show.");
        }
        var control = kind.make(shape, value);
        function held() {
            return control.type === "checkbox" ? control.checked : control.value;
        }
        var first = held();
        serial += 1;
        control.id = "form-field-" + serial;
        return {
            control: control,
            element: control,
            children: function () {
                return [];
            },
            read: function () {
                return held() === first ? value : kind.read(shape, held());
            },
        };
    }

    function labelled(shape, value) {
        var node = build(shape, value);
        if (!node.control) {
            return node;
        }
        var label = make("label", { "for": node.control.id }, [shape.label]);
        var parts = shape.kind === "yes" ? [node.control, label] : [label, node.control];
        if (shape.help) {
            parts.push(make("span", { "class": "bs-help", id: node.control.id + "-help" }, [shape.help]));
            node.control.setAttribute("aria-describedby", node.control.id + "-help");
        }
        node.element = make("div", { "class": "form-field form-" + shape.kind }, parts);
        return node;
    }

    function group(shape, value) {
        if (value !== undefined && !isGroup(value)) {
            throw misfit(shape.label ? "“" + shape.label + "” is no group of fields." : "It is no group of fields.");
        }
        var given = value || {};
        var nodes = new Map();
        shape.fields.forEach(function (field) {
            nodes.set(field.name, labelled(field, has(given, field.name) ? given[field.name] : undefined));
        });
        var rest = Object.keys(given).filter(function (name) {
            return !nodes.has(name);
        });
        if (rest.some(function (name) {
            return rounded(given[name]);
        })) {
            throw misfit("A number in it is too large for a form.");
        }
        var element = make("fieldset", { "class": "form-group" }, [make("legend", {}, [shape.label])]);
        nodes.forEach(function (node) {
            element.append(node.element);
        });
        if (rest.length) {
            element.append(make("p", { "class": "bs-quiet bs-any" }, ["Kept beside it: " + rest.map(function (name) {
                return name + " " + JSON.stringify(given[name]);
            }).join(", ")]));
        }
        return {
            element: element,
            children: function () {
                return Array.from(nodes);
            },
            read: function () {
                var made = Object.create(null);
                Object.keys(given).concat(Array.from(nodes.keys())).forEach(function (name) {
                    var found = nodes.has(name) ? nodes.get(name).read() : given[name];
                    if (found !== undefined) {
                        made[name] = found;
                    }
                });
                return value === undefined && !Object.keys(made).length ? undefined : made;
            },
        };
    }

    function tool(icon, press) {
        var symbol = make("span", { "class": "material-symbols-outlined", "aria-hidden": "true" }, [icon]);
        var button = make("button", { type: "button", "class": "form-tool" }, [symbol]);
        button.addEventListener("click", press);
        return button;
    }

    /* What the fields of a row mean is said once, above the rows. */
    function meanings(shape) {
        var told = (shape.of.fields || []).filter(function (field) {
            return field.help;
        });
        var list = make("dl", { "class": "bs-facts" });
        told.forEach(function (field) {
            list.append(make("dt", {}, [field.label]), make("dd", {}, [field.help]));
        });
        return told.length ? [make("details", { "class": "form-meanings" }, [make("summary", {}, ["What the fields mean"]), list])] : [];
    }

    function quiet(shape) {
        var of = Object.assign({}, shape.of);
        if (of.fields) {
            of.fields = of.fields.map(function (field) {
                return field.kind === "list" || field.kind === "group" ? field : Object.assign({}, field, { help: "" });
            });
        }
        return of;
    }

    function list(shape, value) {
        if (value !== undefined && !Array.isArray(value)) {
            throw misfit("“" + shape.label + "” is no list.");
        }
        var one = quiet(shape);
        var rows = [];
        var told = make("span", { role: "status", "class": "bs-hidden" });
        var body = make("div", { "class": "form-rows" });
        var add = make("button", { type: "button", "class": "bs-button" }, ["Add " + shape.row.toLowerCase()]);
        var element = make("fieldset", { "class": "form-list" }, [make("legend", {}, [shape.label])]);
        if (shape.help) {
            element.append(make("p", { "class": "bs-help" }, [shape.help]));
        }
        element.append.apply(element, meanings(shape).concat([body, add, told]));

        function happened(sentence) {
            renumber();
            told.textContent = sentence;
            element.dispatchEvent(new Event("input", { bubbles: true }));
        }

        function renumber() {
            rows.forEach(function (row, number) {
                var name = shape.row + " " + (number + 1);
                row.up.disabled = number === 0;
                row.down.disabled = number === rows.length - 1;
                [[row.up, "Move up"], [row.down, "Move down"], [row.gone, "Remove"]].forEach(function (pair) {
                    pair[0].setAttribute("aria-label", pair[1] + ", " + name);
                    pair[0].title = pair[1];
                });
                if (row.node.control) {
                    row.node.control.setAttribute("aria-label", name);
                } else {
                    row.node.element.querySelector("legend").textContent = name;
                }
            });
        }

        function move(row, by) {
            var at = rows.indexOf(row);
            rows.splice(at, 1);
            rows.splice(at + by, 0, row);
            body.insertBefore(row.element, rows[at + by + 1] ? rows[at + by + 1].element : null);
            happened("Now " + shape.row.toLowerCase() + " " + (at + by + 1) + " of " + rows.length + ".");
            var button = by < 0 ? row.up : row.down;
            (button.disabled ? (by < 0 ? row.down : row.up) : button).focus();
        }

        function remove(row) {
            var at = rows.indexOf(row);
            rows.splice(at, 1);
            row.element.remove();
            happened(shape.row + " " + (at + 1) + " removed; " + rows.length + " left.");
            (rows.length ? rows[Math.min(at, rows.length - 1)].gone : add).focus();
        }

        function put(given) {
            var row = { node: build(one, given) };
            row.up = tool("arrow_upward", function () {
                move(row, -1);
            });
            row.down = tool("arrow_downward", function () {
                move(row, 1);
            });
            row.gone = tool("delete", function () {
                remove(row);
            });
            var tools = make("div", { "class": "form-tools" }, [row.up, row.down, row.gone]);
            row.element = make("div", { "class": row.node.control ? "form-row form-single" : "form-row" }, [row.node.element, tools]);
            rows.push(row);
            body.append(row.element);
            return row;
        }

        (value || []).forEach(put);
        add.addEventListener("click", function () {
            count = 0;
            var row = put(start(shape.of));
            happened(shape.row + " " + rows.length + " added.");
            focusable(row.element).focus();
        });
        renumber();
        return {
            element: element,
            children: function () {
                return rows.map(function (row, number) {
                    return [String(number), row.node];
                });
            },
            read: function () {
                return value === undefined && !rows.length ? undefined : rows.map(function (row) {
                    return row.node.read();
                });
            },
        };
    }

    function build(shape, value) {
        return shape.kind === "group" ? group(shape, value) : shape.kind === "list" ? list(shape, value) : leaf(shape, value);
    }

    function focusable(element) {
        var wanted = "textarea, input, select, button:not([disabled])";
        return element.matches(wanted) ? element : element.querySelector(wanted);
    }

    /* The names from the top down to the field that holds an element, and back. */

    function trace(node, element) {
        var found = node.children().find(function (pair) {
            return pair[1].element.contains(element);
        });
        return found ? [found[0]].concat(trace(found[1], element)) : [];
    }

    function find(node, path) {
        var found = node.children().find(function (pair) {
            return pair[0] === path[0];
        });
        return path.length && found ? find(found[1], path.slice(1)) : node;
    }

    window.formFields = {
        build: function (shape, value) {
            count = 0;
            var root = build(shape, value);
            var legend = root.element.querySelector("legend");
            if (shape.kind === "group" && legend) {
                legend.remove();
            }
            return root;
        },
        make: make, focusable: focusable, trace: trace, find: find,
    };
})();
