/** What a component returns. */
interface Made {
  readonly type: unknown;
}
export type Element = Made;
/** What can stand between tags. */
export type Child = Made | string | number | boolean | null | undefined | readonly Child[];

type Value = string | number | boolean | null | undefined;

/**
 * Attributes as HTML and SVG write them. There is no `style` and no handler: the policy of the pages refuses both.
 */
interface Attributes {
  readonly children?: Child;
  readonly key?: string | number;
  /** Only for what was made by us as HTML or SVG (parts/raw.tsx). */
  readonly dangerouslySetInnerHTML?: { readonly __html: string };
  readonly style?: never;
  readonly [name: `on${string}`]: never;
  readonly [name: string]: Value | Child | { readonly __html: string };
}

export namespace JSX {
  type Element = Made;
  type ElementType = string | ((props: never) => Child);
  interface ElementChildrenAttribute {
    readonly children: unknown;
  }
  interface IntrinsicAttributes {
    readonly key?: string | number;
  }
  interface IntrinsicElements {
    readonly [tag: string]: Attributes;
  }
}

export const Fragment: (props: { readonly children?: Child }) => Made;
export const jsx: (type: unknown, props: object, key?: string) => Made;
export const jsxs: typeof jsx;
export const jsxDEV: typeof jsx;

export interface Context<T> {
  readonly Provider: (props: { readonly value: T; readonly children?: Child }) => Made;
}
export const createContext: <T>(initial: T) => Context<T>;
export const useContext: <T>(context: Context<T>) => T;
export const renderToString: (element: Made) => string;
