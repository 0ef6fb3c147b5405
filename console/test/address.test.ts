import { expect, test } from 'vitest';
import { addressIn } from '../src/address';

// P46
test.each([
  ['carla@customers.example.com', 'carla@customers.example.com'],
  ['  carla@customers.example.com\n', 'carla@customers.example.com'],
  ['\u200bana@example.com', 'ana@example.com'],
  ['ana\u200d@exam\u00adple.com\ufeff', 'ana@example.com'],
  ['\u202aana@example.com\u202c', 'ana@example.com'],
  ['ana@muñoz.example', 'ana@xn--muoz-hqa.example'],
  ['ana@MUÑOZ.example', 'ana@xn--muoz-hqa.example'],
  ['ana@mun\u0303oz.example', 'ana@xn--muoz-hqa.example'],
  ['ana@xn--muoz-hqa.example', 'ana@xn--muoz-hqa.example'],
  ['ana@straße.example', 'ana@xn--strae-oqa.example'],
  ['ana@\u200bmuñoz\u200b.example', 'ana@xn--muoz-hqa.example'],
  ['ana@例え。テスト', 'ana@xn--r8jz45g.xn--zckzah'],
  ['ana@نامه\u200cای.example', 'ana@xn--mgba3gch31f060k.example'],
  ['ana＠example.com', 'ana@example.com'],
  ['ana@ｅｘａｍｐｌｅ.com', 'ana@example.com'],
  ['Ana+b@C.D.example', 'Ana+b@C.D.example'],
])('%j is the address %s', (typed, address) => {
  expect(addressIn(typed)).toBe(address);
});

test.each([
  '',
  'carla',
  'carla@',
  '@example.com',
  '\u200b@example.com',
  'carla@example',
  'carla @example.com',
  'a@b@example.com',
  'a@b.c, d@e.f',
  'núñez@pan.example',
  'ana@muñoz.example/path',
  'ana@muñoz%2eexample',
  'ana@muñoz.example:8080',
  'ana@muñoz..example',
  'ana@ muñoz.example',
  '.ana@example.com',
  'ana..b@example.com',
  `${'a'.repeat(65)}@example.com`,
  `ana@${'a'.repeat(64)}.example`,
  `ana@${'a.'.repeat(130)}example`,
])('%j is no address that the API takes', (typed) => {
  expect(addressIn(typed)).toBeNull();
});
