import { tool } from '../built.ts';
import { TOOL } from '../about/page.tsx';
import { page } from '../http/page.ts';
import { scriptPath } from '../http/island-files.ts';

const MESSAGES = {
  zh: {
    title: '核验',
    about: '核验投标回执、专家抽取记录、得分说明和公开日志。文件不离开本机。',
    file: '要核验的文件',
    fileHint: '回执、抽取记录、得分说明（JSON），或者日志导出（.jsonl）',
    bid: '投标文件（核验回执时可选）',
    bidHint: '选了就与回执比对；只在本机计算。',
    keys: '您信任的公钥（可选）',
    keysHint: '不选则用本平台公布的公钥。事先从别处保存的公钥更可靠。',
    check: '核验',
    needs: '在浏览器中核验需要脚本。没有脚本的，请下载核验程序，在本机离线核验：',
    where: '从哪里得到这些文件',
    places: [
      ['回执', '投标人在递交时得到，也可在“办事”中下载。'],
      ['抽取记录', '项目页；或者 GET /api/procurements/{id}/lots/{no}/committee/draw'],
      ['得分说明', '投标人在结果确定后得到。'],
    ],
    log: '日志',
    keysAt: '平台公钥',
    head: '签名的树头',
    export: '日志导出',
    program: '离线核验程序',
  },
  en: {
    title: 'Verify',
    about:
      'Check receipts of bids, draws of experts, score sheets and the public log. Files do not leave your machine.',
    file: 'The file to check',
    fileHint: 'A receipt, a record of a draw, a score sheet (JSON), or an export of the log (.jsonl)',
    bid: 'The bid (optional, for a receipt)',
    bidHint: 'It is compared with the receipt, on your machine.',
    keys: 'Keys that you trust (optional)',
    keysHint: 'Default: the keys that this platform publishes. Keys that you kept from elsewhere are better.',
    check: 'Check',
    needs: 'Checking in the browser needs a script. Without one, download the program and check off-line:',
    where: 'Where these files come from',
    places: [
      ['Receipt', 'A bidder gets it with the submission, and in the console.'],
      ['Record of a draw', 'GET /api/procurements/{id}/lots/{no}/committee/draw'],
      ['Score sheet', 'A bidder gets its own after the award.'],
    ],
    log: 'Log',
    keysAt: 'Keys of the platform',
    head: 'Signed head',
    export: 'Export of the log',
    program: 'The program that verifies off-line',
  },
};

/** Receipts, draws, score sheets and the log are checked by who has them, where they are. */
export const verifyPages = [
  page({
    path: '/verify',
    // Who checks a receipt has bid.
    for: 'bidder',
    handle: async ({ lang }) => {
      const t = MESSAGES[lang];
      const { sha256 } = await tool();
      const chooser = (id: string, label: string, hint: string, required = false) => (
        <div class="field">
          <label for={id} class={required ? 'wanted' : undefined}>
            {label}
          </label>
          <p class="hint" id={`${id}-hint`}>
            {hint}
          </p>
          <input type="file" id={id} required={required} aria-describedby={`${id}-hint`} />
        </div>
      );
      return {
        title: t.title,
        about: { description: t.about, script: await scriptPath('verify') },
        content: (
          <>
            <h1>{t.title}</h1>
            <p>{t.about}</p>
            <form id="check" class="act">
              <fieldset>
                <legend>{t.title}</legend>
                {chooser('file', t.file, t.fileHint, true)}
                {chooser('bid', t.bid, t.bidHint)}
                {chooser('keys', t.keys, t.keysHint)}
                <button id="submit" type="submit" disabled>
                  {t.check}
                </button>
              </fieldset>
            </form>
            <div id="verdict" role="status" aria-live="polite"></div>
            <noscript>
              <p class="note warn">{t.needs}</p>
            </noscript>
            <h2>{t.program}</h2>
            <p>
              <a href={TOOL}>kaibiao.mjs</a> · <code>node kaibiao.mjs verify receipt.json bid.kbseal</code>
            </p>
            <p class="small">
              SHA-256 <code>{sha256}</code>
            </p>
            <h2>{t.where}</h2>
            <dl class="facts">
              {t.places.map(([name, text]) => (
                <>
                  <dt>{name}</dt>
                  <dd>{text}</dd>
                </>
              ))}
              <dt>{t.log}</dt>
              <dd>
                <a href="/.well-known/jwks.json">{t.keysAt}</a> · <a href="/api/log/head">{t.head}</a> ·{' '}
                <a href="/api/log/export">{t.export}</a>
              </dd>
            </dl>
          </>
        ),
      };
    },
  }),
];
