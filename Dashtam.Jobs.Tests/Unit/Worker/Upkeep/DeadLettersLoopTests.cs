using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Acl;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Dashtam.Jobs.Worker.Upkeep;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker.Upkeep;

[Category("Unit")]
internal sealed class DeadLettersLoopTests : IDeadLetterExpiry
{
    private readonly QueueOptions _options = new();
    private readonly Queue<Func<ExpiredLetters>> _answers = new();
    private WorkerBench _bench = null!;
    private DeadLettersLoop _loop = null!;
    private int _looks;

    [SetUp]
    public void SetUp()
    {
        (_looks, _options.DeadMaxDays) = (0, 7);
        _answers.Clear();
        _bench = new WorkerBench();
        _loop = new DeadLettersLoop(
            this, _bench.Rights, Options.Create(_options), _bench.Execution.Time, _bench.Log.Factory.CreateLogger<DeadLettersLoop>());
    }

    [TearDown]
    public void TearDown()
    {
        _loop.Dispose();
        _bench.Dispose();
    }

    public Task<ExpiredLetters> ExpireAsync(CancellationToken cancellationToken)
    {
        _looks++;
        return Task.FromResult(_answers.TryDequeue(out var answer) ? answer() : new ExpiredLetters(0, []));
    }

    [Test]
    public async Task What_is_too_old_goes_in_bounded_steps_and_is_told_of_in_one_line()
    {
        string[] names = [.. Enumerable.Range(0, 10).Select(number => $"id-{number}")];
        _answers.Enqueue(() => new ExpiredLetters(DeadLetterExpiry.RemovedAtOnce, names));
        _answers.Enqueue(() => new ExpiredLetters(5, ["id-1000"]));

        await WorkerBench.WhileAsync(_loop, () => _bench.LiveUntilAsync(() => _bench.Log.Lines.Count > 0));

        Assert.That(_looks, Is.EqualTo(2));
        Assert.That(_bench.Log.Single().GetProperty("message").GetString(), Is.EqualTo(
            "Removed for good: dead letters older than JOBS_DEAD_MAX_DAYS (7) (letters: 1005): "
                + "id-0, id-1, id-2, id-3, id-4, id-5, id-6, id-7, id-8, id-9, and 995 more"));
    }

    [Test]
    public async Task Nothing_is_removed_before_it_is_known_that_this_worker_may()
    {
        using var allowed = new DeadLettersLoop(this, _bench.Rights, Options.Create(_options), _bench.Execution.Time, Logger);
        var (other, rights) = (new DeadLettersLoopTests(), new AclGate());
        using var waiting = new DeadLettersLoop(other, rights, Options.Create(_options), _bench.Execution.Time, Logger);

        await WorkerBench.WhileAsync(waiting, () => WorkerBench.WhileAsync(allowed, async () =>
        {
            await _bench.LiveUntilAsync(() => _looks > 1);
            Assert.That(other._looks, Is.Zero);

            rights.Open();
            await _bench.LiveUntilAsync(() => other._looks > 0);
        }));
    }

    private ILogger<DeadLettersLoop> Logger => _bench.Log.Factory.CreateLogger<DeadLettersLoop>();

    [Test]
    public async Task The_first_look_is_soon_after_the_start_and_the_next_one_ten_minutes_later()
    {
        var looks = new List<TimeSpan>();
        var started = _bench.Execution.Time.GetUtcNow();
        for (var i = 0; i < 2; i++)
        {
            _answers.Enqueue(() =>
            {
                looks.Add(_bench.Execution.Time.GetUtcNow() - started);
                return new ExpiredLetters(0, []);
            });
        }

        await WorkerBench.WhileAsync(_loop, () => _bench.LiveUntilAsync(() => looks.Count == 2));

        Assert.That(looks[0], Is.LessThan(TimeSpan.FromSeconds(5)));
        Assert.That(looks[1] - looks[0], Is.EqualTo(DeadLettersLoop.Pause).Within(TimeSpan.FromSeconds(5)));
    }

    [Test]
    public async Task Without_a_limit_nothing_is_looked_at()
    {
        _options.DeadMaxDays = 0;

        await WorkerBench.WhileAsync(_loop, () =>
        {
            _bench.Execution.Time.Advance(TimeSpan.FromDays(1));
            return _loop.ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(30));
        });

        Assert.That(_looks, Is.Zero);
    }

    [Test]
    public async Task A_look_that_fails_is_told_and_tried_again_a_minute_later()
    {
        _answers.Enqueue(() => throw FakeJobQueue.Lost);
        _answers.Enqueue(() => new ExpiredLetters(1, ["id"]));

        await WorkerBench.WhileAsync(_loop, () => _bench.LiveUntilAsync(() => _bench.Log.Lines.Count == 2));

        Assert.That(_bench.Log.Lines[0], Does.Contain("dead_letters_not_expired").And.Contain("lost"));
        Assert.That(_bench.Log.Lines[1], Does.Contain("dead_letters_expired"));
    }
}
