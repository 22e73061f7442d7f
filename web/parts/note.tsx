import type { Child } from '#jsx';

/** Something to notice, before or instead of the content. `fault`: read out at once. */
export const Note = ({
  kind = 'info',
  title,
  children,
}: {
  readonly kind?: 'info' | 'good' | 'warn' | 'fault';
  readonly title?: string;
  readonly children?: Child;
}) => (
  <div class={`note ${kind}`} role={kind === 'fault' ? 'alert' : 'note'}>
    {title === undefined ? null : (
      <p>
        <strong>{title}</strong>
      </p>
    )}
    {children}
  </div>
);
