import type { Block } from '../notices/document.ts';

/** What a notice says, in reading order: the same blocks as its own page and its PDF. In Chinese. */
export const NoticeBlocks = ({ blocks }: { readonly blocks: readonly Block[] }) => (
  <div lang="zh-CN">
    {blocks.map((block) => (
      <BlockOf block={block} />
    ))}
  </div>
);

function BlockOf({ block }: { readonly block: Block }) {
  switch (block.type) {
    case 'heading':
      return <h4>{block.text}</h4>;
    case 'paragraph':
      return <p class="lines">{block.text}</p>;
    case 'facts':
      return (
        <dl class="facts">
          {block.facts.map(([label, value]) => (
            <>
              <dt>{label}</dt>
              <dd class="lines">{value}</dd>
            </>
          ))}
        </dl>
      );
    case 'table':
      return (
        <div class="table-box" tabindex="0" role="region" aria-label={block.head.join('、')}>
          <table>
            <thead>
              <tr>
                {block.head.map((cell) => (
                  <th scope="col">{cell}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((cells) => (
                <tr>
                  {cells.map((cell) => (
                    <td class="lines">{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
  }
}
