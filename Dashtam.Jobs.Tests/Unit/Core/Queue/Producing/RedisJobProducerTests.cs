using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Queues;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Unit.Core.Queue.Producing;

[Category("Unit")]
internal sealed class RedisJobProducerTests
{
    private static readonly JobEnvelope Envelope = new() { TaskId = "the-id", TaskName = "run_canary" };

    private readonly IDatabase _database = Substitute.For<IDatabase>();
    private readonly FakeTimeProvider _time = new() { AutoAdvanceAmount = TimeSpan.Zero };

    [Test]
    public void An_id_that_is_too_long_is_refused_before_anything_is_sent()
    {
        var envelope = Envelope with { TaskId = new string('x', 1_025) };
        var producer = Producer();

        Assert.That(
            () => producer.EnqueueAsync(envelope, EnqueueOptions.Default, CancellationToken.None),
            Throws.ArgumentException.With.Message.Contains("1024 bytes"));
        Assert.That(
            () => producer.EnqueueManyAsync([Envelope, envelope], EnqueueOptions.Default, CancellationToken.None),
            Throws.ArgumentException.With.Message.Contains("1024 bytes"));
        Assert.That(_database.ReceivedCalls(), Is.Empty);
    }

    [Test]
    public async Task An_enqueue_whose_reply_was_lost_is_tried_again_and_refused_by_itself_is_a_success()
    {
        Answer(_ => throw Lost(CommandStatus.Sent), _ => Before(1));

        Assert.That(await EnqueueAsync(), Is.True);
    }

    [Test]
    public async Task An_enqueue_that_was_never_sent_and_finds_its_id_was_somebody_else_s()
    {
        Answer(_ => throw Lost(CommandStatus.WaitingToBeSent), _ => Before(1));

        Assert.That(await EnqueueAsync(), Is.False);
    }

    [Test]
    public void Replies_that_stay_lost_are_an_unknown_outcome_with_the_id()
    {
        Answer(_ => throw Lost(CommandStatus.Sent));

        Assert.That(
            EnqueueAsync,
            Throws.InstanceOf<EnqueueOutcomeUnknownException>().With.Message.Contains("the-id").And.Message.Contains("unknown"));
    }

    [Test]
    public void A_refusal_after_a_lost_reply_does_not_undo_what_the_first_try_may_have_done()
    {
        Answer(
            _ => throw Lost(CommandStatus.Sent),
            _ => throw new RedisServerException(RedisErrorKind.OutOfMemory, CommandFlags.None, "OOM command not allowed"));

        Assert.That(EnqueueAsync, Throws.InstanceOf<EnqueueOutcomeUnknownException>());
    }

    [Test]
    public async Task A_Redis_that_is_loading_is_waited_for()
    {
        Answer(
            _ => throw new RedisServerException(RedisErrorKind.Loading, CommandFlags.None, "LOADING Redis is loading"),
            _ => Before());

        Assert.That(await EnqueueAsync(), Is.True);
    }

    [Test]
    public void What_was_never_sent_is_certainly_not_enqueued()
    {
        Answer(_ => throw Lost(CommandStatus.WaitingToBeSent));

        Assert.That(EnqueueAsync, Throws.InstanceOf<EnqueueException>().With.Message.Contains("Nothing was written"));
    }

    [Test]
    public void What_is_cancelled_before_it_was_sent_is_a_cancellation_and_nothing_else()
    {
        Answer(_ => throw new InvalidOperationException("nothing may be sent"));

        Assert.That(() => EnqueueAsync(new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_database.ReceivedCalls(), Is.Empty);
    }

    [Test]
    public async Task What_is_cancelled_in_flight_is_an_unknown_outcome_with_the_id_and_the_cancellation_inside()
    {
        var reply = new TaskCompletionSource<RedisResult>();
        _database.ScriptEvaluateAsync(Arg.Any<string>(), Arg.Any<RedisKey[]>(), Arg.Any<RedisValue[]>()).Returns(reply.Task);
        using var cancelled = new CancellationTokenSource();

        var enqueue = Producer().EnqueueAsync(Envelope, EnqueueOptions.Default, cancelled.Token);
        await cancelled.CancelAsync();

        Assert.That(
            () => enqueue,
            Throws.InstanceOf<EnqueueOutcomeUnknownException>().With.Message.Contains("the-id")
                .And.InnerException.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task What_is_cancelled_between_two_tries_after_a_lost_reply_is_an_unknown_outcome()
    {
        Answer(_ => throw Lost(CommandStatus.Sent));
        using var cancelled = new CancellationTokenSource();

        var enqueue = Producer().EnqueueAsync(Envelope, EnqueueOptions.Default, cancelled.Token);
        await cancelled.CancelAsync();

        Assert.That(() => enqueue, Throws.InstanceOf<EnqueueOutcomeUnknownException>());
    }

    private void Answer(Func<NSubstitute.Core.CallInfo, RedisResult> first, params Func<NSubstitute.Core.CallInfo, RedisResult>[] next) =>
        _database.ScriptEvaluateAsync(Arg.Any<string>(), Arg.Any<RedisKey[]>(), Arg.Any<RedisValue[]>())
            .Returns(first, next);

    private Task<bool> EnqueueAsync(CancellationToken cancellationToken) => _time.AdvanceUntilEndAsync(
        Producer().EnqueueAsync(Envelope, EnqueueOptions.Default, cancellationToken), TimeSpan.FromSeconds(1));

    private Task<bool> EnqueueAsync() => EnqueueAsync(CancellationToken.None);

    private RedisJobProducer Producer()
    {
        var options = Options.Create(new QueueOptions { EnqueueMemoryLimitPercent = 100 });
        var connections = Substitute.For<IRedisConnections>();
        connections.Queue.Returns(_database);
        return new RedisJobProducer(new FakeQueues(connections, options, _time), _time);
    }

    /// <summary>The script's reply: the numbers of the jobs that were enqueued before.</summary>
    private static RedisResult Before(params int[] numbers) =>
        RedisResult.Create(Array.ConvertAll(numbers, number => (RedisValue)number));

    private static RedisConnectionException Lost(CommandStatus status) =>
        new(ConnectionFailureType.SocketClosed, CommandFlags.None, "lost", innerException: null, status);
}
