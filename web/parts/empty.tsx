import type { Child } from '#jsx';

/** Nothing is here: it says so, and what to do next. */
export const Empty = ({ children }: { readonly children?: Child }) => <div class="card soft">{children}</div>;
