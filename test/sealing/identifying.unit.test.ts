import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { identifyingIn, type Identifying } from '../../sealing/blind/identifying.ts';
import { zip } from '../setup/tenders/workbook.ts';

const CODE = '91420100MA4K00000Q';
const NAMES = [CODE, '江城建设有限公司', '张三'];

const found = async (name: string, content: Buffer | string): Promise<readonly Identifying[]> =>
  identifyingIn(name, Buffer.from(content as string), NAMES);
const briefly = (all: readonly Identifying[]) => all.map(({ kind, place, value }) => `${kind} ${place} ${value}`);

const CLEAN_CORE =
  '<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>施工组织设计</dc:title><dc:creator></dc:creator></cp:coreProperties>';
const docx = (parts: Readonly<Record<string, string>> = {}): Buffer =>
  zip(
    {
      'docProps/core.xml': CLEAN_CORE,
      'docProps/app.xml': '<Properties><Application>Writer</Application><Company></Company></Properties>',
      'word/document.xml': '<w:document><w:t>本工程</w:t><w:t>分三段施工</w:t></w:document>',
      ...parts,
    },
    true,
  );

const pdf = (...objects: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat([
    Buffer.from('%PDF-1.7\n'),
    ...objects.flatMap((each, index) => [
      Buffer.from(`${index + 1} 0 obj\n`),
      Buffer.from(each as string),
      Buffer.from('\nendobj\n'),
    ]),
    Buffer.from('%%EOF\n'),
  ]);
const utf16 = (text: string): string => `<FEFF${Buffer.from(text, 'utf16le').swap16().toString('hex')}>`;
const packed = (text: string): Buffer => {
  const content = deflateSync(Buffer.from(text));
  return Buffer.concat([
    Buffer.from(`<< /Filter /FlateDecode /Length ${content.length} >>\nstream\n`),
    content,
    Buffer.from('\nendstream'),
  ]);
};

describe('what identifies a bidder in a file of a blind part', () => {
  it('is nothing in a text, a document and a PDF that name nobody', async () => {
    expect(await found('方案.txt', '本工程分三段施工。')).toEqual([]);
    expect(await found('方案.docx', docx())).toEqual([]);
    const plain = pdf('<< /Title (plan) /Creator (Writer) >>', packed('BT (Section 1) Tj ET'));
    expect(await found('plan.pdf', plain)).toEqual([]);
  });

  it('is a name or a code, in the name of a file and in its text, however it is spaced, wide or encoded', async () => {
    expect(briefly(await found('江城建设有限公司方案.txt', '无'))).toEqual([
      'name 文件名 / file name 江城建设有限公司',
    ]);
    expect(briefly(await found('a.txt', '江城 建设\n有限公司'))).toEqual(['name 正文 / text 江城建设有限公司']);
    expect(briefly(await found('a.txt', '９１４２０１００ｍａ４ｋ０００００ｑ'))).toEqual([`name 正文 / text ${CODE}`]);
    // 张三 in GB 18030.
    expect(briefly(await found('a.txt', Buffer.from([0xd5, 0xc5, 0xc8, 0xfd])))).toEqual(['name 正文 / text 张三']);
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('项目经理张三', 'utf16le')]);
    expect(briefly(await found('a.txt', wide))).toEqual(['name 正文 / text 张三']);
  });

  it('is who made a document, its company, a header, a name over several runs, who commented, an embedded font', async () => {
    const core =
      '<cp:coreProperties><dc:creator>L&amp;S</dc:creator><cp:lastModifiedBy>wang</cp:lastModifiedBy></cp:coreProperties>';
    const all = await found(
      'a.docx',
      docx({
        'docProps/core.xml': core,
        'docProps/app.xml': '<Properties><Company>JC Group</Company></Properties>',
        'word/header1.xml': '<w:hdr><w:r><w:t>江城建设</w:t></w:r><w:r><w:t>有限公司</w:t></w:r></w:hdr>',
        'word/comments.xml': '<w:comments><w:comment w:id="0" w:author="zhao"><w:t>改</w:t></w:comment></w:comments>',
      }),
    );
    expect(briefly(all)).toEqual([
      'property docProps/core.xml creator: L&S',
      'property docProps/core.xml lastModifiedBy: wang',
      'property docProps/app.xml Company: JC Group',
      'name word/header1.xml（页眉 / header） 江城建设有限公司',
      'property word/comments.xml author: zhao',
    ]);
    expect(all.map(({ zh }) => zh)[0]).toBe('属性 creator 为“L&S”');
    expect(briefly(await found('a.docx', docx({ 'word/fonts/font1.odttf': 'x' })))).toEqual([
      'font word/fonts/font1.odttf word/fonts/font1.odttf',
    ]);
  });

  it('is the author of a PDF, its XMP, and a name in a string, in a packed stream too', async () => {
    expect(briefly(await found('a.pdf', pdf('<< /Author (J. Chen) >>')))).toEqual([
      'property PDF Info Author: J. Chen',
    ]);
    expect(briefly(await found('a.pdf', pdf(`<< /Title ${utf16('江城建设有限公司技术标')} >>`)))).toEqual([
      'name PDF 江城建设有限公司',
    ]);
    expect(briefly(await found('a.pdf', pdf(packed('BT [(914201) -20 (00MA4K) 3 (00000Q)] TJ ET'))))).toEqual([
      `name PDF ${CODE}`,
    ]);
    const xmp = '<x:xmpmeta><dc:creator><rdf:Seq><rdf:li>陈</rdf:li></rdf:Seq></dc:creator></x:xmpmeta>';
    const stream = `<< /Type /Metadata >>\nstream\n${xmp}\nendstream`;
    expect(briefly(await found('a.pdf', pdf(stream)))).toEqual(['property PDF XMP dc:creator: 陈']);
    expect(briefly(await found('a.pdf', pdf(packed(`<< /Author ${utf16('陈')} >>`))))).toEqual([
      'property PDF Info Author: 陈',
    ]);
  });

  it('is what cannot be looked into: encrypted, packed in another way, broken, of another kind', async () => {
    const kinds = async (content: Buffer | string) => (await found('a', content)).map(({ kind }) => kind);
    expect(await kinds(pdf('<< /Encrypt 5 0 R >>'))).toEqual(['unreadable']);
    expect(await kinds(pdf('<< /Filter /LZWDecode >>\nstream\nabc\nendstream'))).toEqual(['unreadable']);
    expect(await kinds(docx().subarray(0, 60))).toEqual(['unreadable']);
    expect(await kinds(Buffer.from([0, 1, 2, 0xff]))).toEqual(['unreadable']);
    expect(await kinds(docx({ 'word/embeddings/a.docx': 'x' }))).toEqual(['unreadable']);
  });
});
