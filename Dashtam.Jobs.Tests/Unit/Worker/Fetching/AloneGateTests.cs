using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Worker.Fetching;
using Dashtam.Jobs.Worker.Running;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker.Fetching;

[Category("Unit")]
internal sealed class AloneGateTests
{
    private IReadOnlyList<QueueShare> _shares = null!;

    [SetUp]
    public void SetUp() => _shares = new QueueShares(
        new Slots(4), [new ServedQueue("a", Weight: null), new ServedQueue("b", Weight: null)], () => 0).All;

    [Test]
    public void One_queue_at_a_time_may_be_told_of_a_suspect()
    {
        Assert.That((_shares[0].TryHoldAlone(), _shares[0].TryHoldAlone(), _shares[1].TryHoldAlone()), Is.EqualTo((true, true, false)));

        _shares[1].GiveUpAlone(); // has nothing to give up
        Assert.That(_shares[1].TryHoldAlone(), Is.False);

        _shares[0].GiveUpAlone();
        Assert.That(_shares[1].TryHoldAlone(), Is.True);
    }

    [Test]
    public void While_a_suspect_has_the_process_no_other_queue_begins_anything()
    {
        _shares[0].TryHoldAlone();
        Assert.That(_shares[1].TryEnter(), Is.True, "there is no suspect yet");
        _shares[1].Leave();

        _shares[0].CloseOthers();

        Assert.That((_shares[0].TryEnter(), _shares[1].TryEnter()), Is.EqualTo((true, false)));
    }

    [Test]
    public void Only_the_queue_that_closed_the_gate_has_the_worker_alone()
    {
        _shares[0].TryHoldAlone();
        Assert.That(_shares[0].HasWorkerAlone, Is.False, "others may still begin something");

        _shares[0].CloseOthers();

        Assert.That((_shares[0].HasWorkerAlone, _shares[1].HasWorkerAlone), Is.EqualTo((true, false)));
    }

    [Test]
    public void What_other_queues_have_begun_is_seen_until_it_has_ended()
    {
        _shares[1].TryEnter();
        Assert.That((_shares[0].AreOthersActive, _shares[1].AreOthersActive), Is.EqualTo((true, false)));

        _shares[1].Leave();
        Assert.That(_shares[0].AreOthersActive, Is.False);
    }

    [Test]
    public void Making_room_ends_the_waits_of_other_queues()
    {
        var ended = 0;
        _shares[1].EndWait = () => ended++;
        _shares[1].Watch(open: true);
        _shares[0].TryHoldAlone();

        _shares[0].CloseOthers();

        Assert.That(ended, Is.EqualTo(1));
    }

    [Test]
    public async Task When_a_suspect_has_ended_the_others_are_woken()
    {
        _shares[0].TryHoldAlone();
        _shares[0].CloseOthers();
        _shares[1].Signal.Clear();
        var woken = _shares[1].Signal.WaitAsync(CancellationToken.None).AsTask();
        Assert.That(woken.IsCompleted, Is.False);

        _shares[0].GiveUpAlone();

        await woken.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That(_shares[1].TryEnter(), Is.True);
    }
}
