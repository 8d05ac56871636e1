# frozen_string_literal: true

# Sidekiq as a peer of the bench: one process a verb. README.md says which configuration and why.
STARTED = Process.clock_gettime(Process::CLOCK_REALTIME)

require "json"
require "optparse"

BULK = 1000 # what perform_bulk takes at once, and the most that the wiki recommends
NO_EQUAL = 64

def parse(arguments)
  options = {concurrency: 10, first: 0, count: 0, "payload-bytes": 0, "sleep-ms": 0, rate: 1.0, "in-ms": 0}
  OptionParser.new do |parser|
    %w[redis record enqueued].each { |name| parser.on("--#{name} VALUE") { |text| options[name.to_sym] = text } }
    parser.on("--rate R", Float) { |rate| options[:rate] = rate }
    %w[concurrency sleep-ms count first payload-bytes in-ms schedules seconds].each do |name|
      parser.on("--#{name} N", Integer) { |number| options[name.to_sym] = number }
    end
  end.parse!(arguments)
  options
end

# One pooled connection, made before any clock starts.
def connect(options)
  require_relative "bench_job"
  Sidekiq.configure_client { |config| config.redis = {url: options[:redis], size: 1} }
  Sidekiq.redis { |redis| redis.ping }
end

def arguments_of(n, options)
  bytes = options[:"payload-bytes"]
  bytes.positive? ? [n, "x" * bytes] : [n]
end

def numbers(options)
  options[:first]...(options[:first] + options[:count])
end

def timed(options)
  started = BenchJob.monotonic
  yield
  puts JSON.generate(jobs: options[:count], ns: BenchJob.monotonic - started)
end

# Sidekiq's own executable takes over this process.
def worker(options)
  ENV["REDIS_URL"] = options[:redis]
  ENV["BENCH_RECORD"] = options[:record]
  ENV["BENCH_SLEEP_MS"] = options[:"sleep-ms"].to_s
  exec("/usr/bin/sidekiq", "--environment", "production", "--concurrency", options[:concurrency].to_s,
    "--queue", "default", "--require", File.join(__dir__, "bench_job.rb"))
end

def push_bulk(some_numbers, options)
  some_numbers.each_slice(BULK) do |some|
    Sidekiq::Client.push_bulk("class" => BenchJob, "args" => some.map { |n| arguments_of(n, options) })
  end
end

def enqueue_bulk(options)
  connect(options)
  push_bulk(0...options[:first], options)
  timed(options) { push_bulk(numbers(options), options) }
end

def enqueue_each(options)
  connect(options)
  push_each = ->(some) { some.each { |n| BenchJob.perform_async(*arguments_of(n, options)) } }
  push_each.call(0...options[:first])
  timed(options) { push_each.call(numbers(options)) }
end

def enqueue_rate(options)
  connect(options)
  file = File.open(options[:enqueued], File::RDWR | File::CREAT | File::BINARY)
  timed(options) do
    started = BenchJob.monotonic
    numbers(options).each_with_index do |n, i|
      ahead = i / options[:rate] - (BenchJob.monotonic - started) / 1e9
      sleep(ahead) if ahead.positive?
      file.pwrite([BenchJob.monotonic].pack("q<"), n * 8)
      BenchJob.perform_async(*arguments_of(n, options))
    end
  end
end

def schedule_at(options)
  due = STARTED + options[:"in-ms"] / 1000.0
  connect(options)
  numbers(options).each_slice(BULK) do |some|
    Sidekiq::Client.push_bulk("class" => BenchJob, "args" => some.map { |n| [n] }, "at" => due)
  end
  now = Process.clock_gettime(Process::CLOCK_REALTIME)
  puts JSON.generate(jobs: options[:count], due_unix_ms: (due * 1000).floor, enqueued_unix_ms: (now * 1000).floor)
end

VERBS = {
  "worker" => :worker, "enqueue" => :enqueue_bulk, "enqueue-bulk" => :enqueue_bulk, "enqueue-each" => :enqueue_each,
  "enqueue-rate" => :enqueue_rate, "schedule-at" => :schedule_at
}.freeze

verb = VERBS[ARGV.shift]
if verb.nil?
  warn "sidekiq: no equal of this verb (periodic jobs are a part of Sidekiq Enterprise)"
  exit NO_EQUAL
end
send(verb, parse(ARGV))
