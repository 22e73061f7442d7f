import { createHash } from 'node:crypto';
import { instantZh } from '../../domain/civil-time.ts';
import type { PrintedReceipt } from '../../proofs/receipt.ts';
import { PdfDesk } from '../notices/pdf-desk.ts';

/** Creates the PDF of a receipt, the same bytes each time. */
export function receiptPrinter(publicUrl: string): (receipt: PrintedReceipt) => Promise<Buffer> {
  const desk = new PdfDesk();
  const site = publicUrl.replace(/\/+$/, '');
  return (receipt) => desk.get(receipt.signed, () => receiptPdf(receipt, site));
}

async function receiptPdf(
  { statement, signed, procurement, supplier, drill }: PrintedReceipt,
  site: string,
): Promise<Buffer> {
  const { bidId, procurementId, lotNo, version, bidder, sha256, size, receivedAt, deadline, entry, headBy } = statement;
  // Its library is not loaded before the first is printed.
  const { documentPdf } = await import('../notices/pdf.ts');
  return documentPdf(
    {
      title: '投标文件回执',
      drill,
      blocks: [
        {
          type: 'facts',
          facts: [
            ['项目', `${procurement}（${procurementId}）`],
            ['标段（包）', `第 ${lotNo} 标段（包）`],
            ['投标人', `${supplier}（${bidder}）`],
            ['投标编号', `${bidId}，第 ${version} 份`],
            ['文件 SHA-256', sha256],
            ['文件大小', `${size} 字节`],
            ['收到时间', instantZh(receivedAt)],
            ['投标截止时间', deadline === null ? '暂停中，收到时未届满' : instantZh(deadline)],
            ['日志条目', entry],
            ['日志树头', `最迟 ${instantZh(headBy)} 签署包含它的树头，此后回执 JSON 附有证明`],
          ],
        },
        { type: 'heading', text: '平台签名（JWS，Ed25519）' },
        // Text without spaces is broken where a line is full.
        { type: 'paragraph', text: (signed.match(/.{1,76}/g) ?? []).join('\n') },
      ],
      colophon: [['公钥', `${site}/.well-known/jwks.json`]],
      hash: createHash('sha256').update(signed).digest('hex'),
    },
    {
      url: `${site}/api/receipts/${bidId}`,
      publishedAt: receivedAt,
      endingZh:
        '内容哈希为上列签名（去掉换行）的 SHA-256。核验：登录后由上列网址取得回执 JSON，再下载 ' +
        `${site}/kaibiao.mjs 和公钥 jwks.json，运行 node kaibiao.mjs verify receipt.json 投标文件 --keys jwks.json，` +
        '此后无需联网。',
    },
  );
}
