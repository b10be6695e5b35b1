(function(){var d=document;function g(i){return d.getElementById(i)}
function mark(k,x,y){var s=k=="tp"||k=="fn";return s?'<circle class="i-'+k+'" cx="'+x+'" cy="'+y+'" r="6"/>'+(k=="fn"?'<path class="i-fn" d="M'+(x-3)+' '+(y-3)+'l6 6m0-6l-6 6"/>':''):'<rect class="i-'+k+'" x="'+(x-5.5)+'" y="'+(y-5.5)+'" width="11" height="11" rx="1.5"/>'}
d.querySelectorAll(".explore[data-counts]").forEach(function(box){
var moved=0,C=JSON.parse(box.dataset.counts),P=C.p,N=C.n,K=C.c,xt=box.querySelector(".xt"),xv=box.querySelector(".xv");
var wait,live=box.querySelector(".live"),pic=box.querySelector(".icons"),what=pic.getAttribute("aria-label").split(":")[0];
function put(s,t){var e=box.querySelector(s);if(e)e.textContent=t}
function draw(){var t=+xt.value,v=+xv.value/100,c=K[t-1],se=c[0]/P,fa=c[1]/N,n=Math.round(100*v),tp=Math.min(Math.round(100*v*se),n),fp=Math.min(Math.round(100*(1-v)*fa),100-n),k=[],h="",i;
for(i=0;i<100;i++)k.push(i<tp?"tp":i<n?"fn":i<n+fp?"fp":"tn");
for(i=0;i<100;i++)h+=mark(k[i],10+20*(i%10),10+20*Math.floor(i/10));
box.querySelector(".ic").innerHTML=h;
[tp,n-tp,fp,100-n-fp].forEach(function(x,j){put(".s"+j,x)});
var say=tp+" found, "+(n-tp)+" missed, "+fp+" flagged needlessly, "+(100-n-fp)+" spared";pic.setAttribute("aria-label",what+": "+say);
xt.setAttribute("aria-valuetext",t+"%");xv.setAttribute("aria-valuetext",n+"%");
clearTimeout(wait);if(moved)wait=setTimeout(function(){live.textContent="Threshold "+t+"%, "+n+" of 100 with the outcome: "+say+"."},700);

var a=v*se+(1-v)*fa,b=(1-v)*(1-fa)+v*(1-se);
put(".pv","Of those flagged, "+(a>0?(100*v*se/a).toFixed(0)+"%":"not defined")+" are truly positive (PPV). Of the others, "+(b>0?(100*(1-v)*(1-fa)/b).toFixed(0)+"%":"not defined")+" are truly negative (NPV).");
[".ot",".pt"].forEach(function(s){put(s,t+"%")});[".ov",".ps"].forEach(function(s){put(s,n+"%")});[c[0],P-c[0],c[1],N-c[1]].forEach(function(x,j){put(".c"+(j+1),(+x.toFixed(1)).toLocaleString("en"))});
function pc(a,b){return b>0?(a<.9995*b?(100*a/b).toFixed(1):"100")+"%":"not defined"}
function th(x){var s=Math.abs(x).toFixed(3);return(x<0&&+s?"\u2212":"")+s}
[pc(c[0],P),pc(N-c[1],N),pc(c[0],c[0]+c[1]),pc(N-c[1],N-c[1]+P-c[0]),pc(c[0]+N-c[1],P+N),c[0]+P+c[1]>0?th(2*c[0]/(c[0]+P+c[1])):"not defined",th((c[0]-c[1]*t/(100-t))/(P+N))].forEach(function(x,j){put(".o"+j,x)})}
box.querySelector(".ctl").hidden=false;box.querySelector(".still").className+=" onlyprint";xt.oninput=xv.oninput=function(){moved=1;draw()};draw()});
d.querySelectorAll(".sortable th button").forEach(function(b){b.onclick=function(){var th=b.parentNode,tr=th.parentNode,i=[].indexOf.call(tr.children,th),up=th.getAttribute("aria-sort")!="ascending",tb=th.closest("table").tBodies[0];
[].forEach.call(tr.children,function(x){x.removeAttribute("aria-sort")});th.setAttribute("aria-sort",up?"ascending":"descending");
[].slice.call(tb.rows).sort(function(x,y){var a=x.cells[i].textContent,c=y.cells[i].textContent,m=parseFloat(a),n=parseFloat(c),r=isNaN(m)||isNaN(n)?a.localeCompare(c):m-n;return up?r:-r}).forEach(function(r){tb.appendChild(r)})}});
var zip=g("paper");if(zip&&window.DecompressionStream){var b=Uint8Array.from(atob(zip.href.split(",")[1]),function(c){return c.charCodeAt(0)}),v=new DataView(b.buffer),w=function(i){return v.getUint16(i,1)},u=function(i){return v.getUint32(i,1)},at=u(b.length-6),left=w(b.length-12);
for(;left--;at+=46+w(at+28)+w(at+30)+w(at+32))(function(n,o,z){var m=/^(figure|table)-0*(\d+)-.*\.(\w+)$/.exec(n),e=m&&g(m[1].slice(0,3)+m[2]),k=d.createElement("button"),p;if(!e)return;
e=m[1]=="table"?e.closest(".scroll")||e.closest("table"):e.lastElementChild;p=e.nextElementSibling||e;if(p.className!="get noprint"){p=d.createElement("p");p.className="get noprint";p.textContent="Save: ";e.after(p)}
k.textContent=m[3].toUpperCase();k.setAttribute("aria-label","Save "+m[1]+" "+m[2]+" as "+k.textContent);k.onclick=function(){o+=30+w(o+26)+w(o+28);new Response(new Blob([b.subarray(o,o+z)]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).blob().then(function(x){var a=d.createElement("a");a.href=URL.createObjectURL(x);a.download=zip.download.replace("paper.zip",n);a.click()})};p.append(k," ")
})(String.fromCharCode.apply(0,b.subarray(at+46,at+46+w(at+28))),u(at+42),u(at+20))}
var nav=d.querySelector("nav.side details");if(matchMedia("(max-width:1000px)").matches)nav.open=false;
var was=[];addEventListener("beforeprint",function(){was=[];d.querySelectorAll("details").forEach(function(e){was.push(e.open);e.open=true})});addEventListener("afterprint",function(){d.querySelectorAll("details").forEach(function(e,i){e.open=was[i]})});
if("IntersectionObserver" in window){var o=new IntersectionObserver(function(es){es.forEach(function(e){if(e.isIntersecting){d.querySelectorAll("nav a").forEach(function(a){a.toggleAttribute("aria-current",a.getAttribute("href")=="#"+e.target.id)})}})},{rootMargin:"-10% 0px -80% 0px"});d.querySelectorAll("section").forEach(function(s){o.observe(s)})}})();
