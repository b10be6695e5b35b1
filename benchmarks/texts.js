// Every text of the page: where it is, its size and colours, and whether it is cut. Run as the body of a function.
const found = [], range = document.createRange();
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walk.nextNode(); node; node = walk.nextNode()) {
  const at = node.parentElement, style = getComputedStyle(at);
  if (!node.data.trim() || at.closest('script,style,title,desc,.vh,.skip') || style.visibility == 'hidden') continue;
  range.selectNodeContents(node);
  const box = range.getBoundingClientRect();
  if (!box.width || !box.height) continue;
  const drawn = at.closest('svg'), behind = [];
  let opacity = 1;
  for (let up = at; up; up = up.parentElement) {
    const own = getComputedStyle(up);
    opacity *= +own.opacity;
    if (!(up instanceof SVGElement)) behind.push(own.backgroundColor);
  }
  const around = drawn && drawn.getBoundingClientRect();
  found.push({
    text: node.data.trim().slice(0, 60), colour: drawn ? style.fill : style.color, behind, opacity,
    size: parseFloat(style.fontSize) * (drawn ? drawn.getScreenCTM().a : 1),
    left: box.left, right: box.right, scrolls: !!at.closest('.scroll'),
    outside: around ? Math.max(around.left - box.left, box.right - around.right,
                               (around.top - box.top) / 2, (box.bottom - around.bottom) / 2) : 0,
    clipped: !drawn && ['hidden', 'clip'].includes(style.overflowX) && at.scrollWidth > at.clientWidth + 1,
  });
}
return found;
