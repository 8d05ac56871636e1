-- Publishes a notice, once: its key is set when somebody listened by name or the stream keeps it, else it is to be sent again.
-- The key comes before the publish: a Redis that is full must not send the same notice at each run.
-- No pattern of an ACL matches an empty key, so without a once-key the stream's is the first.
-- KEYS[1]  {sse}:notice:{once}        STRING  it was delivered or kept; absent when ARGV[3] is empty
-- KEYS[2]  sse:stream:user:{user_id}  STREAM  what dashtam-api replays; absent: not kept
-- ARGV[1]  channel
-- ARGV[2]  event, JSON
-- ARGV[3]  lifetime of the once-key, seconds; empty: it is sent each time
-- ARGV[4]  event_id
-- ARGV[5]  event_type
-- ARGV[6]  data, JSON
-- ARGV[7]  occurred_at
-- Returns  0 nobody listened | 1 delivered | 2 nobody listened, kept | 3 was sent before, its key renewed
local channel, event, ttl = ARGV[1], ARGV[2], ARGV[3]
local event_id, event_type, data, occurred_at = ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local limited = ttl ~= ''
local once = limited and KEYS[1]
local stream = limited and KEYS[2] or not limited and KEYS[1]

if limited and redis.call('EXPIRE', once, ttl) == 1 then
  return 3
end

-- Not what PUBLISH returns: that counts pattern subscribers too, as a monitoring tool.
local listens = tonumber(redis.call('PUBSUB', 'NUMSUB', channel)[2]) > 0
if stream then
  redis.call('XADD', stream, 'MAXLEN', '~', 1000, '*',
    'event_id', event_id, 'event_type', event_type, 'data', data, 'occurred_at', occurred_at)
  if redis.call('TTL', stream) < 0 then
    redis.call('EXPIRE', stream, 3600)
  end
end
if limited and (listens or stream) then
  redis.call('SET', once, '1', 'EX', ttl)
end

local published = redis.pcall('PUBLISH', channel, event)
if type(published) == 'table' and published.err then
  if limited then
    redis.call('DEL', once)
  end
  return published
end
return listens and 1 or stream and 2 or 0
