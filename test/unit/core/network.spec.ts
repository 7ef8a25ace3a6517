import { describe, expect, it } from '@jest/globals';
import { toAddress, toNetwork } from '../../../src/core/network.js';

describe('the network of an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    [' 192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:4711', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['::1', '0:0:0:0'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0DB8:0001:2::', '2001:db8:1:2'],
    ['2001:db8::3:4:5:192.0.2.1', '2001:db8:0:3'],
    ['[2001:db8:1:2::1]:4711', '2001:db8:1:2'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['unknown', 'unknown'],
    ['', 'unknown'],
    ['256.0.0.1', 'unknown'],
    ['2001:db8', 'unknown'],
    ['x'.repeat(300), 'unknown'],
  ])('of %j is %s', (address, network) => {
    expect(toNetwork(address)).toBe(network);
  });
});

describe('the address itself', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    [' 192.0.2.1:4711', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:0DB8:0001:2::', '2001:db8:1:2::'],
    ['[2001:db8:1:2::1]:4711', '2001:db8:1:2::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['unknown', null],
    ['', null],
    ['x'.repeat(300), null],
  ])('of %j is %s', (text, address) => {
    expect(toAddress(text)).toBe(address);
  });
});
