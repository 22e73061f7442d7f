import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { openApiDocument } from './openapi.ts';
import type { ApiSettings } from './settings.ts';

const FILES = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const PAGE = `<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><title>开标 Kaibiao API</title><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/docs/swagger-ui.css"><link rel="icon" href="/docs/favicon-32x32.png"></head>
<body><div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>
`;

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true, validatorUrl: null });
`;

function written(drill: boolean): string {
  const document = openApiDocument();
  const title = `${drill ? '【演练】' : ''}${document.info.title}`;
  return JSON.stringify({ ...document, info: { ...document.info, title } });
}

/** The OpenAPI document, and Swagger UI for it: served from our own files, nothing is fetched from elsewhere. */
export function mountDocs(app: Express, settings: ApiSettings, drill: boolean): void {
  let document: string | undefined;
  app.get('/openapi.json', (_request, response) => {
    document ??= written(drill);
    response.type('json').send(document);
  });
  app.use(
    '/docs',
    helmet.contentSecurityPolicy({
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // Swagger UI writes style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        frameAncestors: ["'none'"],
        ...(settings.publicUrl.startsWith('https:') ? { upgradeInsecureRequests: [] } : {}),
      },
    }),
  );
  app.get('/docs', (_request, response) => {
    response.type('html').send(PAGE);
  });
  app.get('/docs/start.js', (_request, response) => {
    response.type('js').send(START);
  });
  app.use('/docs', express.static(FILES, { index: false, redirect: false }));
}
