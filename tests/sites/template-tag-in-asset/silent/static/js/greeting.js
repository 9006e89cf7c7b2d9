export const template = "<p>{{ name }}</p>{% if name %}!{% endif %}";
