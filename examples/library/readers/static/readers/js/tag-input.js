"use strict";
/** Turns the words of a text field, separated by commas, into tags that can be taken away again. */
class TagField {
    constructor(field) {
        this.field = field;
        this.entry = document.createElement("input");
        this.frame = document.createElement("div");
        this.frame.className = "tag-field";
        this.entry.className = "tag-field-entry";
        this.entry.id = field.id;
        this.entry.setAttribute("aria-describedby", field.getAttribute("aria-describedby") ?? "");
        field.removeAttribute("id");
        field.after(this.frame);
        field.type = "hidden";
        this.entry.addEventListener("keydown", (event) => this.pressed(event));
        this.entry.addEventListener("blur", () => this.take());
        this.draw();
    }
    get tags() {
        return this.field.value.split(",").map((tag) => tag.trim()).filter(Boolean);
    }
    set tags(tags) {
        this.field.value = [...new Set(tags)].join(", ");
        this.draw();
    }
    pressed(event) {
        if (event.key === "," || (event.key === "Enter" && this.entry.value)) {
            event.preventDefault();
            this.take();
            this.entry.focus();
        }
        else if (event.key === "Backspace" && !this.entry.value) {
            this.tags = this.tags.slice(0, -1);
            this.entry.focus();
        }
    }
    take() {
        const tag = this.entry.value.trim();
        this.entry.value = ""; // before drawing, which takes the focus away and so comes here again
        if (tag)
            this.tags = [...this.tags, tag];
    }
    draw() {
        this.frame.replaceChildren(...this.tags.map((tag) => this.button(tag)), this.entry);
    }
    button(tag) {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = tag;
        button.setAttribute("aria-label", `Take away ${tag}`);
        button.addEventListener("click", () => {
            this.tags = this.tags.filter((other) => other !== tag);
            this.entry.focus();
        });
        return button;
    }
}
for (const field of document.querySelectorAll("[data-tag-input]"))
    new TagField(field);
//# sourceMappingURL=tag-input.js.map