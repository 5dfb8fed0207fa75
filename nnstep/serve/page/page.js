"use strict";
// Keys go to the terminal without a click: textual.js has made it by now.
addEventListener("load", () => setTimeout(() => document.querySelector(".xterm-helper-textarea")?.focus()));
