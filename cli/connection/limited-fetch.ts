/** More than the largest page of the largest clients; what is longer would only fill the memory. */
const MOST_BYTES = 64 * 1024 * 1024;

/** The longest that a server may take until its whole reply is here, in milliseconds. */
const MOST_TIME = 60_000;

/**
 * Fetches, for at most a minute and 64 MiB, which are counted as they come and after they are unpacked. It follows no
 * redirect: a token or a secret must not go wherever a reply points.
 */
export async function limitedFetch(address: string | URL, init: RequestInit = {}): Promise<Response> {
  const time = AbortSignal.timeout(MOST_TIME);
  const signal = init.signal ? AbortSignal.any([time, init.signal]) : time;
  const response = await fetch(address, { ...init, redirect: 'manual', signal });
  const { status, statusText, headers } = response;
  return new Response(response.body?.pipeThrough(counted()) ?? null, { status, statusText, headers });
}

function counted(): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > MOST_BYTES) throw new Error(`its reply is longer than ${MOST_BYTES / 1024 / 1024} MiB`);
      controller.enqueue(chunk);
    },
  });
}
