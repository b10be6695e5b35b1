(function(){document.querySelectorAll(".turn[data-chain]").forEach(function(box){
var D=JSON.parse(box.dataset.chain),X=D.xyz,O=D.of,g=box.querySelector(".turning"),G=[].slice.call(g.children),cx=180,cy=156,
R=[1,0,0,0,1,0,0,0,1],was=null,ends=[box.querySelector(".endn"),box.querySelector(".endc")],tips=[O.reduce(function(a,b){return b[1]<a?b[1]:a},1e9),0];
O.forEach(function(o,i){if(!/f4/.test(G[i].lastChild.getAttribute("class"))&&o[1]>tips[1])tips[1]=o[1]});
function mul(a,b){var c=[],i,j;for(i=0;i<3;i++)for(j=0;j<3;j++)c.push(a[3*i]*b[j]+a[3*i+1]*b[3+j]+a[3*i+2]*b[6+j]);return c}
function draw(){var P=X.map(function(p){return p&&[cx+R[0]*p[0]+R[1]*p[1]+R[2]*p[2],cy-R[3]*p[0]-R[4]*p[1]-R[5]*p[2],R[6]*p[0]+R[7]*p[1]+R[8]*p[2]]});
function f(x){return x.toFixed(1)}
O.forEach(function(o,i){var a=P[o[0]],b=P[o[1]],c=P[o[2]],d="M"+f((a[0]+b[0])/2)+" "+f((a[1]+b[1])/2)+"Q"+[b[0],b[1],(b[0]+c[0])/2,(b[1]+c[1])/2].map(f).join(" ");
[].forEach.call(G[i].children,function(p){p.setAttribute("d",d)});G[i].z=b[2]});
G.slice().sort(function(a,b){return a.z-b.z}).forEach(function(e){g.appendChild(e)});
ends.forEach(function(e,i){if(e){e.setAttribute("x",f(P[tips[i]][0]));e.setAttribute("y",f(P[tips[i]][1]-5))}})}
function turn(x,y){var a=Math.cos(x),b=Math.sin(x),c=Math.cos(y),d=Math.sin(y);R=mul(mul([a,0,b,0,1,0,-b,0,a],[1,0,0,0,c,-d,0,d,c]),R);draw()}
box.querySelector(".hint3d").hidden=false;
box.addEventListener("keydown",function(e){var k={ArrowLeft:[-.15,0],ArrowRight:[.15,0],ArrowUp:[0,-.15],ArrowDown:[0,.15]}[e.key];
if(k)turn(k[0],k[1]);else if(e.key=="Home"){R=[1,0,0,0,1,0,0,0,1];draw()}else return;e.preventDefault()});
box.addEventListener("pointerdown",function(e){was=[e.clientX,e.clientY];box.setPointerCapture(e.pointerId)});
box.addEventListener("pointermove",function(e){if(was){turn((e.clientX-was[0])/90,(e.clientY-was[1])/90);was=[e.clientX,e.clientY]}});
["pointerup","pointercancel"].forEach(function(n){box.addEventListener(n,function(){was=null})})})})();
