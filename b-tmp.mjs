import { build } from 'esbuild';
const targets=(process.argv[2]??'').split(',');
for (const c of process.argv.slice(3)) {
const r = await build({ entryPoints:[`cli/commands/${c}.ts`], outdir:'/tmp/r/btmp', write:false, bundle:true, splitting:true, format:'esm', platform:'node', packages:'external', metafile:true });
const inp=r.metafile.inputs; const start=`cli/commands/${c}.ts`;
for (const t of targets){ const prev=new Map([[start,null]]); const q=[start]; let hit;
 while(q.length){ const k=q.shift(); if(k===t){hit=k;break;} for(const i of inp[k]?.imports??[]){ if(i.kind!=='import-statement')continue; const n=i.external?'pkg:'+i.path:i.path; if(!prev.has(n)){prev.set(n,k); if(n==='pkg:'+t){hit=n;q.length=0;break;} q.push(n);} } if(hit)break; }
 const path=[]; for(let k=hit;k;k=prev.get(k))path.unshift(k); console.log(c,'->',t,':',path.join(' > ')); }
}
