-- Begins a worker's incarnation: from now on its heartbeats count.
-- Goes on when Redis is full: its first write, a ZREM, needs no memory.
-- KEYS[1]  {q}:workers           ZSET  worker -> last heartbeat, ms
-- KEYS[2]  {q}:worker:{worker}   HASH  what the worker says of itself
-- ARGV[1]  worker
-- ARGV[2]  lifetime of the hash, seconds
-- ARGV[3…] fields and values of the hash
-- Returns  1
-- include now_ms.lua
local workers, about = KEYS[1], KEYS[2]
local worker, ttl = ARGV[1], ARGV[2]

redis.call('ZREM', workers, worker)
redis.call('ZADD', workers, now_ms(), worker)
redis.call('HSET', about, unpack(ARGV, 3))
redis.call('EXPIRE', about, ttl)
return 1
