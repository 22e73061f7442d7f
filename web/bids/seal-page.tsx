import { scriptPath } from '../http/island-files.ts';
import { page } from '../http/page.ts';

const TITLE = { zh: '封装投标文件', en: 'Seal a bid' };

/**
 * On which a bidder seals and submits bids: of the chosen files only the sealed bid leaves the machine. Its script speaks both
 * languages, and so does what it fills in.
 */
export const sealPages = [
  page({
    path: '/seal',
    for: 'bidder',
    // A worker of its own; and no form leaves the page but by its script.
    policy: { workerSrc: ["'self'"], formAction: ["'none'"], imgSrc: ["'none'"] },
    handle: async ({ lang }) => {
      const [seal, worker] = [await scriptPath('seal'), await scriptPath('seal-worker')];
      return { title: TITLE[lang], scripts: [seal], content: <SealForm worker={worker} /> };
    },
  }),
];

const SealForm = ({ worker }: { readonly worker: string }) => (
  <div class="island">
    <h1>
      封装投标文件 <span lang="en">Seal a bid</span>
    </h1>
    <p class="lead">
      投标文件在您的电脑上加密封装；只有封装好的文件，在您选择递交时才会上传。开标前，包括交易平台在内，任何人都不能打开。
      <br />
      <span class="en" lang="en">
        Your files are encrypted on this computer. Only the sealed file is uploaded, and only when you submit it.
        Nobody, not even the platform, can open it before the opening.
      </span>
    </p>
    <noscript>
      <p class="note fault lines">
        本页需要 JavaScript；也可<a href="/kaibiao.mjs">下载 kaibiao.mjs</a>，运行 node kaibiao.mjs seal，或按
        docs/sealing.md 用通用工具封装。 This page needs JavaScript; or <a href="/kaibiao.mjs">download kaibiao.mjs</a>{' '}
        and run node kaibiao.mjs seal, or standard tools (docs/sealing.md).
      </p>
    </noscript>
    <p class="note fault lines" id="fault" role="alert" hidden></p>
    <form id="form" class="act" autocomplete="off" novalidate data-worker={worker}>
      <section class="card">
        <h2>
          1　项目 <span lang="en">The tender</span>
        </h2>
        <label for="tender">
          项目编号或封装参数地址 <span lang="en">Id of the procurement, or address of its sealing terms</span>
        </label>
        <div class="inline">
          <input id="tender" inputmode="url" spellcheck="false" />
          <button type="button" class="plain" id="load">
            取得 / Get
          </button>
        </div>
        <label for="terms">
          或选择已下载的封装参数文件 <span lang="en">or a file of the terms</span>
        </label>
        <input id="terms" type="file" accept="application/json,.json" />
        <p class="known" id="known" hidden></p>
        <label for="lot">
          标段（包） <span lang="en">Lot</span>
        </label>
        <select id="lot" disabled>
          <option value="">先取得项目 / get the tender first</option>
        </select>
      </section>
      <section class="card">
        <h2>
          2　投标人与唱标内容 <span lang="en">The bidder, and the content that is read out</span>
        </h2>
        <label for="bidder">
          统一社会信用代码 <span lang="en">Credit code</span>
        </label>
        <input id="bidder" maxlength="18" spellcheck="false" autocapitalize="characters" />
        <div class="row">
          <div>
            <label for="price">
              投标报价（元） <span lang="en">Price in yuan</span>
            </label>
            <input id="price" inputmode="decimal" placeholder="1234567.80" />
          </div>
          <div>
            <label for="period">
              工期或交货期（日，可空） <span lang="en">Period in days</span>
            </label>
            <input id="period" inputmode="numeric" />
          </div>
        </div>
        <label for="quality">
          质量承诺（可空） <span lang="en">Promised quality</span>
        </label>
        <input id="quality" maxlength="200" />
      </section>
      <section class="card">
        <h2>
          3　文件 <span lang="en">The files</span>
        </h2>
        <label for="files">
          投标文件的全部文件，可多选 <span lang="en">All files of the bid</span>
        </label>
        <input id="files" type="file" multiple />
        <p class="hint" id="chosen" hidden></p>
        <div id="blind" hidden>
          <label for="blind-files">
            暗标部分的文件，可多选；不要选入上面 <span lang="en">Files of the blind part, and not above</span>
          </label>
          <input id="blind-files" type="file" multiple />
          <label for="names">
            暗标部分不得出现的名称，逐行填写：投标人名称、曾用名、人员姓名{' '}
            <span lang="en">
              Names that it must not have, one a line: of the bidder, now or before, and of its people
            </span>
          </label>
          <textarea id="names" rows="3" spellcheck="false" />
          <p class="hint">
            暗标文件在本页检查：名称、作者、公司、页眉页脚、字体；图片中的文字不能检查。
            <br />
            <span lang="en">
              The blind files are inspected on this page: names, authors, companies, headers, fonts; words in pictures
              are not.
            </span>
          </p>
          <div class="keep" id="identifying" role="alert" hidden>
            <p>
              暗标部分有可能显示投标人的内容，没有封装。请清除后再选择文件；确认无误的，可以照此封装。
              <br />
              <span class="en" lang="en">
                The blind part may tell who the bidder is; nothing was sealed. Remove it and choose the files again, or
                seal it so.
              </span>
            </p>
            <ul id="identifying-list" />
            <label class="check">
              <input id="allow-identifying" type="checkbox" /> <span>仍然照此封装 / Seal it so</span>
            </label>
          </div>
        </div>
      </section>
      <button type="submit" id="seal">
        封装 / Seal
      </button>
      <progress id="progress" max="1" value="0" hidden></progress>
    </form>
    <section class="card">
      <label for="sealed">
        或选择先前封装好的文件，只作递交 <span lang="en">Or submit a bid that was sealed before</span>
      </label>
      <input id="sealed" type="file" accept=".sealed,application/octet-stream" />
    </section>
    <section class="card" id="result" tabindex="-1" hidden>
      <h2>
        4　已封装 <span lang="en">Sealed</span>
      </h2>
      <dl>
        <dt>项目 / tender</dt>
        <dd id="sealed-tender"></dd>
        <dt>投标人 / bidder</dt>
        <dd id="sealed-bidder"></dd>
        <dt>报价 / price</dt>
        <dd id="sealed-price"></dd>
        <dt>文件 / files</dt>
        <dd id="sealed-files"></dd>
        <dt>长度 / size</dt>
        <dd id="sealed-size"></dd>
        <dt>SHA-256</dt>
        <dd>
          <code id="sealed-hash"></code>
        </dd>
      </dl>
      <p class="saves">
        <a id="save" download>
          保存封装文件 / Save the sealed bid
        </a>
        <a id="save-share" download hidden>
          保存自留份额 / Save your share
        </a>
      </p>
      <div class="keep" id="keep" hidden>
        <p>
          本项目实行双锁：自留份额须妥善保管，不要随投标文件递交，也不要给任何人。开标后<b id="keep-within"></b>
          凭它解密；遗失则任何人（包括您和平台）都不能开启，投标文件视为撤销。
          <br />
          <span class="en" lang="en">
            This tender has two locks. Keep your share; do not submit it with the bid and do not give it to anybody. At
            the opening you must release it within the time set in the documents. If it is lost, nobody, not even you or
            the platform, can open the bid: it counts as revoked.
          </span>
        </p>
        <label class="check">
          <input id="kept" type="checkbox" /> <span>我已保存自留份额 / I have saved my share</span>
        </label>
      </div>
      <p class="hint">
        未递交的封装文件只在本页；可以先保存，以后在此选择它递交。
        <br />
        <span lang="en">
          A bid that is not submitted yet exists only on this page: save it, and choose it here later to submit it.
        </span>
      </p>
    </section>
    <section class="card" id="hand-in" hidden>
      <h2>
        5　递交 <span lang="en">Submit</span>
      </h2>
      <p class="hint">
        最后一个字节在投标截止时间前收妥才算递交。中断后从断处继续。截止前可再次递交（替换）或撤回。
        <br />
        <span lang="en">
          The bid counts if its last byte arrives before the deadline. An interrupted upload resumes where it stopped.
          Until the deadline the bid can be replaced or withdrawn.
        </span>
      </p>
      <p class="note fault lines" id="hand-in-fault" role="alert" hidden></p>
      <form id="sign-in" class="act" hidden>
        <p>
          请以投标人（供应商）账号登录{' '}
          <span class="en" lang="en">
            Sign in as the supplier
          </span>
        </p>
        <div class="row">
          <div>
            <label for="username">
              用户名 <span lang="en">User name</span>
            </label>
            <input id="username" autocomplete="username" autocapitalize="none" spellcheck="false" />
          </div>
          <div>
            <label for="password">
              密码 <span lang="en">Password</span>
            </label>
            <input id="password" type="password" autocomplete="current-password" />
          </div>
        </div>
        <p>
          <button type="submit" class="plain">
            登录并递交 / Sign in and submit
          </button>
        </p>
      </form>
      <div id="signed-in" hidden>
        <p>
          <span id="who"></span>{' '}
          <button type="button" class="plain small" id="sign-out">
            退出 / Sign out
          </button>
        </p>
        <label for="acting">
          投标人 <span lang="en">Bidder</span>
        </label>
        <select id="acting"></select>
      </div>
      <p>
        <button type="button" id="hand-in-now">
          现在递交 / Submit now
        </button>
      </p>
      <div id="uploading" hidden>
        <progress id="sent" max="1" value="0"></progress>
        <p class="hint">
          <span id="upload-state" role="status"></span>{' '}
          <button type="button" class="plain small" id="stop">
            暂停 / Pause
          </button>
        </p>
      </div>
    </section>
    <section class="card" id="receipt" tabindex="-1" hidden>
      <h2>
        6　回执 <span lang="en">Receipt</span>
      </h2>
      <p id="verdict" role="status"></p>
      <dl>
        <dt>投标编号 / bid</dt>
        <dd id="receipt-bid"></dd>
        <dt>收到 / received</dt>
        <dd id="receipt-at"></dd>
        <dt>截止 / deadline</dt>
        <dd id="receipt-deadline"></dd>
        <dt>投标人 / bidder</dt>
        <dd id="receipt-bidder"></dd>
        <dt>SHA-256</dt>
        <dd>
          <code id="receipt-hash"></code>
        </dd>
        <dt>日志条目 / log entry</dt>
        <dd>
          <code id="receipt-entry"></code>
        </dd>
        <dt>最迟此时可得日志证明 / proof of the log by</dt>
        <dd id="receipt-head"></dd>
      </dl>
      <p class="saves">
        <a id="save-receipt" download hidden>
          保存回执 JSON / Save the receipt
        </a>
        <a id="save-receipt-pdf" download hidden>
          保存回执 PDF / Save as PDF
        </a>
      </p>
      <p class="hint">
        请保存回执。公钥也来自本平台；不信任本页的，可用 <a href="/kaibiao.mjs">kaibiao.mjs</a> verify
        和另行取得的公钥离线核验。
        <br />
        <span lang="en">
          Save the receipt. The keys too are this platform's; who does not trust this page checks with kaibiao.mjs
          verify and keys had another way.
        </span>
      </p>
    </section>
  </div>
);
