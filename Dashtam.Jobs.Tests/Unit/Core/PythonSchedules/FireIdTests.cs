using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Unit.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.PythonSchedules;

[Category("Unit")]
internal sealed class FireIdTests
{
    [Test]
    public void An_id_looks_as_those_that_TaskIQ_makes_and_no_two_are_equal()
    {
        string[] ids = [.. Enumerable.Range(0, 1_000).Select(_ => FireId.New("one"))];

        Assert.That(ids, Is.All.Match("^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$"));
        Assert.That(ids, Is.Unique);
    }

    [TestCase("one")]
    [TestCase("cb22e4c3c670402c8648952cef7f5d8d")]
    [TestCase("ä \ud83d\ude00")]
    public void An_id_is_ours_for_its_own_schedule_alone(string schedule)
    {
        var id = FireId.New(schedule);

        Assert.That(FireId.IsOurs(id, schedule), Is.True);
        Assert.That(FireId.IsOurs(id, schedule + "2"), Is.False);
    }

    [Test]
    public void An_id_that_TaskIQ_made_is_not_ours()
    {
        var captured = WireFixtures.Message("message-fired-by-taskiq-scheduler.json");
        string[] ids = [captured.TaskId, .. Enumerable.Range(0, 1_000).Select(_ => JobEnvelope.NewTaskId())];

        Assert.That(ids.Where(id => FireId.IsOurs(id, captured.Labels.Text("schedule_id")!)), Is.Empty);
        Assert.That(ids.Where(id => !FireId.IsMade(id)), Is.Empty);
    }

    [TestCase("")]
    [TestCase("given-id")]
    [TestCase("my-own-id 1/ä")]
    [TestCase("cc707121-39ad-452c-94d0-9ab135cf3f94")]
    [TestCase("0198f3d0a5b67c1e8d2f3a4b5c6d7e8f")]
    public void An_id_that_TaskIQ_does_not_make_was_given(string id)
    {
        Assert.That(FireId.IsMade(id), Is.False);
        Assert.That(FireId.IsOurs(id, "one"), Is.False);
    }
}
