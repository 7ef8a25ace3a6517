import { describe, expect, it } from '@jest/globals';
import { getAddressKind } from '../../../src/webhooks/addresses.js';
import { findUrlError, isLocalUrl } from '../../../src/webhooks/webhook-url.js';

describe('An address', () => {
  it.each(['8.8.8.8', '93.184.216.34', '100.63.255.255', '172.32.0.1', '2606:4700:4700::1111', '::ffff:8.8.8.8'])(
    'is public: %s',
    (address) => expect(getAddressKind(address)).toBe('public'),
  );

  it.each(['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1'])(
    'is of this machine: %s',
    (address) => expect(getAddressKind(address)).toBe('local'),
  );

  it.each([
    ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12:3456::1', 'fec0::1'],
    ...['169.254.169.254', '169.254.170.2', '168.63.129.16', '100.100.100.200', 'fd00:ec2::254', 'fe80::1'],
    ...['100.64.0.1', '100.127.255.255', '0.0.0.0', '0.1.2.3', '::', '255.255.255.255', '240.0.0.1'],
    ...[
      '192.0.2.1',
      '198.51.100.1',
      '203.0.113.1',
      '198.18.0.1',
      '192.0.0.192',
      '192.88.99.1',
      '2001:db8::1',
      '3fff::1',
    ],
    ...['224.0.0.1', '239.255.255.255', 'ff02::1', '2001::1', '2002:a00:1::1', '2002:808:808::1', '100::1', '5f00::1'],
    ...['64:ff9b::a00:1', '64:ff9b::808:808', '64:ff9b:1::a00:1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe', '::10.0.0.1'],
    ...['::808:808', '::ffff:0:10.0.0.1', '4000::1', '::1%lo', 'fe80::1%eth0'],
  ])('is forbidden: %s', (address) => expect(getAddressKind(address)).toBe('forbidden'));

  it.each(['', 'localhost', '2130706433', '0x7f.1', '0177.0.0.1', '127.1', ' 8.8.8.8', '8.8.8.8:80', '[::1]'])(
    'is nothing but an address in its usual form: %j',
    (text) => expect(getAddressKind(text)).toBe('forbidden'),
  );
});

describe('The URL of a webhook', () => {
  it.each([
    'https://hooks.partner.example/layers',
    'HTTPS://Hooks.Partner.Example',
    'https://hooks.partner.example:443/a?b=c@d#e',
    'https://hooks.partner.example:80',
    'https://hooks.partner.example:1024',
    'https://hooks.partner.example:65535',
    'https://8.8.8.8/x',
    'https://[2606:4700:4700::1111]/x',
    'https://bücher.example/',
    `https://hooks.partner.example/${'a'.repeat(2048 - 30)}`,
  ])('is taken: %s', (url) => expect([findUrlError(url), isLocalUrl(url)]).toEqual([null, false]));

  it.each([
    ...['http://localhost:4000/x', 'https://localhost', 'http://LOCALHOST.:4000', 'http://a.localhost:4000'],
    ...['http://127.0.0.1:4000', 'https://127.1', 'https://2130706433', 'https://0x7f.1', 'https://0177.0.0.1'],
    ...['https://127.0.0.1.', 'https://１２７.0.0.1', 'http://[::1]:4000', 'https://[0:0:0:0:0:0:0:1]'],
    ...['https://[::ffff:7f00:1]', 'https://[::ffff:127.0.0.1]', 'https://%31%32%37.0.0.1'],
  ])('is of this machine, whatever its spelling: %s', (url) =>
    expect([findUrlError(url), isLocalUrl(url)]).toEqual([null, true]),
  );

  it.each([
    ...[
      'https://10.0.0.1',
      'https://167772161',
      'https://0xa000001',
      'https://012.1',
      'https://10.1',
      'https://10.0.0.1.',
    ],
    ...['https://169.254.169.254/latest', 'https://0xA9FEA9FE', 'https://2852039166', 'https://0', 'https://0.0.0.0'],
    ...['https://[fe80::1]', 'https://[fd00:ec2::254]', 'https://[::ffff:10.0.0.1]', 'https://[64:ff9b::a00:1]'],
    ...['https://[2002:a00:1::]', 'https://[::]', 'https://192.168.0.1', 'http://10.0.0.1', 'https://[2001:db8::1]'],
  ])('is private, whatever its spelling: %s', (url) => expect(findUrlError(url)).toContain('private'));

  it.each([
    ...[
      'http://hooks.partner.example',
      'ftp://hooks.partner.example',
      'javascript:alert(1)',
      '//x.example',
      'x.example',
    ],
    ...[
      'https:hooks.partner.example',
      'https:/x.example',
      'https://',
      'https://[fe80::1%25eth0]',
      'https://a b.example',
    ],
    ...[
      'https:\\\\x.example',
      'https://x.exa\tmple',
      ' https://x.example',
      'https://x.example/\n',
      'https://1.2.3.4.5',
    ],
    ...['https://user@x.example', 'https://user:secret@x.example', 'https://@x.example', 'https://:@x.example'],
    ...['https://x.example:22', 'https://x.example:0', 'https://x.example:1023', 'https://x.example:25'],
    ...[
      'https://x.example:65536',
      'https://256.1.1.1',
      'http://8.8.8.8',
      'https://x.example/\u0000',
      'https://\ud800.example',
    ],
    `https://hooks.partner.example/${'a'.repeat(2048 - 29)}`,
    ...['', 5, {}, ['https://x.example']],
  ])('is refused: %j', (url) => expect(findUrlError(url)).toEqual(expect.any(String)));
});
