// The chat as a page for a browser on this machine: bubbles, buttons that can be pressed, a line to write on. It asks for news each second.

export const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Telegram stand-in</title>
<style>
* { box-sizing: border-box }
body { margin: 0; height: 100vh; display: flex; flex-direction: column; background: #b7cfa9; color: #111;
  font: 15px/1.35 system-ui, "Noto Sans", "Noto Sans CJK KR", "Noto Color Emoji", sans-serif }
header { background: #517da2; color: #fff; padding: 10px 16px; font-weight: 600 }
header small { display: block; font-weight: 400; opacity: .85 }
main { flex: 1; overflow-y: auto; padding: 12px; display: flex; flex-direction: column; gap: 8px }
.bubble { max-width: 88%; align-self: flex-start; background: #fff; border-radius: 12px; padding: 7px 11px; box-shadow: 0 1px 1px #0003;
  white-space: pre-wrap; overflow-wrap: anywhere }
.bubble.you { align-self: flex-end; background: #e1fec6 }
.bubble img { display: block; width: 100%; border-radius: 8px; margin: 2px 0 6px }
.bubble time { display: block; text-align: right; font-size: 11px; color: #0007 }
.buttons { align-self: flex-start; max-width: 88%; display: flex; flex-wrap: wrap; gap: 6px; margin-top: -4px }
.buttons button { border: 0; border-radius: 8px; background: #517da2cc; color: #fff; font: inherit; padding: 6px 14px; cursor: pointer }
form { display: flex; background: #fff; padding: 8px; gap: 8px }
input { flex: 1; border: 0; font: inherit; outline: none; padding: 6px }
</style></head><body>
<header>Anchorwatch<small>a stand-in on this machine: nothing here reaches Telegram</small></header>
<main></main>
<form><input placeholder="/status" autofocus autocomplete="off"><button>Send</button></form>
<script>
const main = document.querySelector("main");
const field = document.querySelector("input");
let seen = "";
const post = (path, body) =>
  fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }).then(look);
function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
function show({ id, who, at, lines, buttons, photo }) {
  const bubble = element("div", "bubble " + who);
  if (photo) bubble.append(Object.assign(element("img"), { src: "/photo/" + id }));
  for (const [i, { text, strong }] of lines.entries()) bubble.append(i ? "\\n" : "", element(strong ? "b" : "span", "", text));
  bubble.append(element("time", "", new Date(at).toISOString().slice(11, 16)));
  main.append(bubble);
  if (!buttons.length) return;
  const row = element("div", "buttons");
  for (const { text, data } of buttons)
    row.append(Object.assign(element("button", "", text), { onclick: () => post("/press", { id, data }) }));
  main.append(row);
}
async function look() {
  const text = await fetch("/chat.json").then((answer) => answer.text()).catch(() => seen);
  if (text === seen) return;
  seen = text;
  main.replaceChildren();
  JSON.parse(text).forEach(show);
  main.scrollTop = main.scrollHeight;
}
document.querySelector("form").onsubmit = (event) => {
  event.preventDefault();
  if (field.value.trim()) post("/say", { text: field.value });
  field.value = "";
};
setInterval(look, 1000);
look();
</script></body></html>
`;
