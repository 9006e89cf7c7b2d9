import "./latest.js";
