// What a page in JSX is made with (`jsxImportSource` of tsconfig.json): Preact, on the server only. Its own types are in
// jsx-runtime.d.mts, since those of the package bring the types of a browser into every file of the server.
export { Fragment, jsx, jsxs, jsxDEV } from 'preact/jsx-runtime';
export { createContext } from 'preact';
export { useContext } from 'preact/hooks';
export { renderToString } from 'preact-render-to-string';
