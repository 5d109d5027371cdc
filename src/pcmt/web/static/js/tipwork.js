// Looks for a number whose hash together with the salt begins with so many zero bits.
onmessage = async ({ data }) => {
  const encoder = new TextEncoder();
  for (let at = 0; ; at += 1) {
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(data.salt + at)));
    let zeros = 0;
    for (const byte of bytes) {
      if (byte) { zeros += Math.clz32(byte) - 24; break; }
      zeros += 8;
    }
    if (zeros >= data.bits) { postMessage(String(at)); return; }
  }
};
