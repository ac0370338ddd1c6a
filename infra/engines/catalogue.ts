import type { Engine } from "./engine.js";
import { milvus } from "./milvus-lite.js";
import { neo4j } from "./neo4j.js";
import { postgres } from "./postgres.js";
import { s3proxy } from "./s3proxy.js";
import { valkey } from "./valkey.js";
import { valkeyCache } from "./valkey-cache.js";

/** Every engine the product needs, in the order in which they are shown. */
export const engines: readonly Engine[] = [postgres, valkey, valkeyCache, neo4j, milvus, s3proxy];
