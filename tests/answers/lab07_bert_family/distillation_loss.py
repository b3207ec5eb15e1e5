import math

import torch
from torch.nn import functional as F

from tests.answers import right, wrong


def taught_part(student, teacher, temperature):
    soft = F.log_softmax(teacher.detach() / temperature, -1)
    own = F.log_softmax(student / temperature, -1)
    return temperature**2 * (soft.exp() * (soft - own)).sum(-1).mean()


def told_part(student, labels, temperature):
    """The labels' part; the temperature is not for it."""
    judged = labels != -100
    return F.cross_entropy(student, labels, reduction="sum") / judged.sum().clamp(min=1)


def mixed(taught, told, share):
    return share * taught + (1 - share) * told


def function(taught=taught_part, told=told_part, mix=mixed):
    """The exercise's function with other parts. taught: (student, teacher, T) -> number; told: (student, labels, T) -> number; mix: of both."""

    def distillation_loss(student, teacher, labels, temperature=2.0, share=0.5):
        return mix(taught(student, teacher, temperature), told(student, labels, temperature), share)

    return distillation_loss


def with_logs(taught):
    """The exercise's function. taught: (log of the student's, log of the teacher's, T) -> number, both at T."""
    return function(
        lambda s, t, T: taught(F.log_softmax(s / T, -1), F.log_softmax(t.detach() / T, -1), T),
    )


@right
def the_librarys_divergence():
    def distillation_loss(student, teacher, labels, temperature=2.0, share=0.5):
        with torch.no_grad():
            soft = torch.softmax(teacher / temperature, dim=-1)
        taught = (
            F.kl_div(F.log_softmax(student / temperature, dim=1), soft, reduction="batchmean")
            * temperature**2
        )
        judged = labels != -100
        if judged.any():
            return share * taught + (1 - share) * F.cross_entropy(student[judged], labels[judged])
        return share * taught

    return distillation_loss


@right
def example_by_example():
    def distillation_loss(student, teacher, labels, temperature=2.0, share=0.5):
        taught, told, count = 0, 0, 0
        for own, theirs, label in zip(student, teacher.detach(), labels.tolist()):
            p, log_q = (theirs / temperature).softmax(0), (own / temperature).log_softmax(0)
            for k in range(len(p)):
                if p[k] > 0:
                    taught = taught + p[k] * (p[k].log() - log_q[k])
            if label != -100:
                told = told - own.log_softmax(0)[label]
                count += 1
        print(count, "labels")
        return share * temperature**2 * taught / len(student) + (1 - share) * told / max(1, count)

    return distillation_loss


@right
def cross_entropy_less_entropy():
    def taught(s, t, T):
        p = (t.detach() / T).softmax(-1)
        return T**2 * (F.cross_entropy(s / T, p) - torch.special.entr(p).sum(-1).mean())

    return function(taught)


@right
def weights_of_the_labels_in_float64():
    def distillation_loss(student, teacher, labels, temperature=2.0, share=0.5):
        s, t = student.to(torch.float64), teacher.to(torch.float64).detach()
        own, soft = torch.log_softmax(s / temperature, 1), torch.log_softmax(t / temperature, 1)
        taught = F.kl_div(own, soft, reduction="sum", log_target=True) / len(s) * math.pow(temperature, 2)
        judged = (labels != -100).to(s.dtype)
        costs = -s.log_softmax(1).gather(1, labels.clamp(min=0)[:, None])[:, 0] * judged
        return share * taught + (1.0 - share) * costs.sum() / max(1.0, judged.sum().item())

    return distillation_loss


@right
def nan_replaced_behind_a_mean_whose_gradient_is_0():
    """Where a label is -100 the library's own costs hand no gradient on, not even nan."""

    def told(s, labels, T):
        judged = labels != -100
        found = (F.cross_entropy(s, labels, reduction="none") * judged).sum() / judged.sum()
        return torch.where(judged.any(), found, 0.0)

    return function(told=told)


@right
def logsumexp_by_hand():
    def distillation_loss(student, teacher, labels, temperature=2.0, share=0.5):
        teacher = teacher.clone().detach()

        def log(x):
            return x - x.logsumexp(dim=-1, keepdim=True)

        p = log(teacher / temperature)
        taught = torch.einsum("bc,bc->b", p.exp(), p - log(student / temperature)).mean() * temperature**2
        nothing = student.sum() * 0
        rows = (labels != -100).nonzero().flatten()
        told = -log(student)[rows, labels[rows]].mean() if len(rows) else nothing
        return (
            torch.lerp(told, taught, share)
            if isinstance(share, float)
            else share * taught + (1 - share) * told
        )

    return distillation_loss


@wrong("The factor T² is missing", earns=0)
def no_factor():
    return with_logs(lambda own, soft, T: F.kl_div(own, soft, log_target=True, reduction="batchmean"))


@wrong("The factor is T; T² is asked for", earns=0)
def a_factor_of_t():
    return with_logs(lambda own, soft, T: T * F.kl_div(own, soft, log_target=True, reduction="batchmean"))


@wrong("You divide by T²", earns=0)
def divides_by_t_squared():
    return with_logs(lambda own, soft, T: F.kl_div(own, soft, log_target=True, reduction="batchmean") / T**2)


@wrong("the other way round is asked for", earns=0)
def the_other_way_round():
    return with_logs(lambda own, soft, T: T**2 * F.kl_div(soft, own, log_target=True, reduction="batchmean"))


@wrong("And the factor T² is missing", earns=0)
def the_other_way_round_without_the_factor():
    return with_logs(lambda own, soft, T: F.kl_div(soft, own, log_target=True, reduction="batchmean"))


@wrong("You divide by the number of classes, too", earns=0)
def the_default_reduction():
    return with_logs(lambda own, soft, T: T**2 * F.kl_div(own, soft, log_target=True))


@wrong("You divide by the number of classes, too", earns=0)
def mean_of_everything():
    return with_logs(lambda own, soft, T: T**2 * (soft.exp() * (soft - own)).mean())


@wrong("That is the sum over the examples", earns=0)
def sum_over_the_examples():
    return with_logs(lambda own, soft, T: T**2 * F.kl_div(own, soft, log_target=True, reduction="sum"))


@wrong("it is not 0 where both agree", earns=0)
def cross_entropy_of_both():
    return with_logs(lambda own, soft, T: -(T**2) * (soft.exp() * own).sum(-1).mean())


@wrong("it is not 0 where both agree", earns=0)
def cross_entropy_of_both_without_the_factor():
    return with_logs(lambda own, soft, T: -(soft.exp() * own).sum(-1).mean())


@wrong("Nothing is softened: both logits", earns=0)
def not_softened():
    def taught(s, t, T):
        return T**2 * F.kl_div(s.log_softmax(-1), t.detach().softmax(-1), reduction="batchmean")

    return function(taught)


@wrong("where is T?", earns=0)
def without_a_temperature():
    return function(
        lambda s, t, T: F.kl_div(s.log_softmax(-1), t.detach().softmax(-1), reduction="batchmean")
    )


@wrong("The teacher alone is softened", earns=0)
def only_the_teacher_is_softened():
    def taught(s, t, T):
        return T**2 * F.kl_div(s.log_softmax(-1), (t.detach() / T).softmax(-1), reduction="batchmean")

    return function(taught)


@wrong("The student alone is softened", earns=0)
def only_the_student_is_softened():
    def taught(s, t, T):
        return T**2 * F.kl_div((s / T).log_softmax(-1), t.detach().softmax(-1), reduction="batchmean")

    return function(taught)


@wrong("You multiply the logits by T", earns=0)
def sharpened():
    def taught(s, t, T):
        return T**2 * F.kl_div((s * T).log_softmax(-1), (t.detach() * T).softmax(-1), reduction="batchmean")

    return function(taught)


@wrong("`F.kl_div` wants log q", earns=0)
def probabilities_of_the_student():
    def taught(s, t, T):
        return T**2 * F.kl_div((s / T).softmax(-1), (t.detach() / T).softmax(-1), reduction="batchmean")

    return function(taught)


@wrong("hand over probabilities, or say `log_target=True`", earns=0)
def without_log_target():
    """Logarithms stand where `F.kl_div` expects probabilities."""
    return with_logs(lambda own, soft, T: T**2 * F.kl_div(own, soft, reduction="batchmean"))


@wrong("The sign is turned", earns=0)
def the_sign_is_turned():
    return with_logs(lambda own, soft, T: T**2 * (soft.exp() * (own - soft)).sum(-1).mean())


@wrong("That is in bits", earns=0)
def bits():
    return function(lambda s, t, T: taught_part(s, t, T) / math.log(2))


@wrong("the teacher's likeliest class for a label", earns=0)
def the_teachers_choice():
    return function(lambda s, t, T: F.cross_entropy(s, t.argmax(-1)))


@wrong("the squared difference of the logits", earns=0)
def squared_differences():
    return function(lambda s, t, T: F.mse_loss(s, t.detach()))


@wrong("so that the teacher's part is all: your loss is", earns=0)
def softened_over_the_batch():
    def taught(s, t, T):
        own, soft = F.log_softmax(s / T, 0), F.log_softmax(t.detach() / T, 0)
        return T**2 * F.kl_div(own, soft, log_target=True, reduction="batchmean")

    return function(taught)


@wrong("The labels' part is softened; there", earns=0)
def labels_at_the_temperature():
    return function(told=lambda s, labels, T: told_part(s / T, labels, T))


@wrong("The labels' part is softened, with the factor T²", earns=0)
def labels_at_the_temperature_with_the_factor():
    return function(told=lambda s, labels, T: T**2 * told_part(s / T, labels, T))


@wrong("The factor T² belongs to the teacher's part alone", earns=0)
def the_factor_on_both():
    return function(told=lambda s, labels, T: T**2 * told_part(s, labels, T))


@wrong("That is the sum over the examples; the mean is asked for", earns=0)
def sum_of_the_labels():
    return function(told=lambda s, labels, T: F.cross_entropy(s, labels, reduction="sum"))


@wrong("A softmax is taken twice", earns=0)
def softmax_twice():
    return function(told=lambda s, labels, T: told_part(s.softmax(-1), labels, T))


@wrong("a softmax is missing", earns=0)
def logits_taken_for_logarithms():
    return function(told=lambda s, labels, T: F.nll_loss(s, labels))


@wrong("what the *teacher* pays for the labels", earns=0)
def the_teachers_cost():
    def distillation_loss(student, teacher, labels, temperature=2.0, share=0.5):
        return mixed(taught_part(student, teacher, temperature), told_part(teacher, labels, 1), share)

    return distillation_loss


@wrong("That is the labels' part: `share` is the teacher's", earns=0)
def shares_exchanged():
    return function(mix=lambda taught, told, share: (1 - share) * taught + share * told)


@wrong("is `share` used?", earns=0)
def both_in_full():
    return function(mix=lambda taught, told, share: taught + told)


@wrong("share=0, so that the labels' part is all", earns=0)
def the_teacher_in_full():
    return function(mix=lambda taught, told, share: taught + (1 - share) * told)


@wrong("share=1, so that the teacher's part is all", earns=0)
def the_labels_in_full():
    return function(mix=lambda taught, told, share: share * taught + told)


@wrong("That is the mean of the two parts: is `share` used?", earns=0)
def shares_taken_for_a_switch():
    """All or nothing at the ends, and half of each between them."""
    return function(mix=lambda taught, told, share: mixed(taught, told, share if share in (0, 1) else 0.5))


@wrong("Keep the stub's defaults", earns=0)
def other_defaults():
    def distillation_loss(student, teacher, labels, temperature=4.0, share=0.9):
        return function()(student, teacher, labels, temperature, share)

    return distillation_loss


@wrong("What do you divide by where nobody has judged any example?", earns=2.5)
def nan_where_none_has_a_label():
    return function(told=lambda s, labels, T: F.cross_entropy(s, labels))


@wrong("the mean over those that somebody has judged", earns=2.5)
def divided_by_all():
    return function(told=lambda s, labels, T: F.cross_entropy(s, labels, reduction="sum") / len(labels))


@wrong("−100 is no id", earns=2.5)
def looked_up_with_minus_100():
    def told(s, labels, T):
        return -s.log_softmax(-1)[torch.arange(len(labels)), labels].mean()

    return function(told=told)


@wrong("A label of −100 is taken for class 0", earns=2.5)
def minus_100_as_class_0():
    return function(told=lambda s, labels, T: F.cross_entropy(s, labels.clamp(min=0)))


@wrong("a teacher says something of every one", earns=2.5)
def the_unjudged_left_out_of_both():
    def distillation_loss(student, teacher, labels, temperature=2.0, share=0.5):
        judged = labels != -100
        if not judged.any():
            return share * taught_part(student, teacher, temperature)
        return function()(student[judged], teacher[judged], labels[judged], temperature, share)

    return distillation_loss


@wrong("you give the teacher's part in full", earns=2.5)
def the_teacher_in_full_where_none_has_a_label():
    def distillation_loss(student, teacher, labels, temperature=2.0, share=0.5):
        if (labels == -100).all():
            return taught_part(student, teacher, temperature)
        return function()(student, teacher, labels, temperature, share)

    return distillation_loss


@wrong("a gradient is nan", earns=2.5)
def nan_made_0_behind_the_division():
    def told(s, labels, T):
        judged = labels != -100
        costs = -s.log_softmax(-1).gather(1, labels.clamp(min=0)[:, None])[:, 0]
        found = (costs * judged).sum() / judged.sum()
        return torch.where(judged.any(), found, 0.0)

    return function(told=told)


@wrong("a gradient reaches the teacher's logits", earns=2.5)
def the_teacher_learns():
    def taught(s, t, T):
        return T**2 * F.kl_div(
            (s / T).log_softmax(-1), (t / T).log_softmax(-1), log_target=True, reduction="batchmean"
        )

    return function(taught)


@wrong("`torch.distributions` says inf as well", earns=2.5)
def torchs_distributions():
    """Right but where the student's share is rounded to 0: there it says that KL is infinite."""

    def distillation_loss(student, teacher, labels, temperature=2.0, share=0.5):
        import warnings

        from torch.distributions import Categorical, kl_divergence

        warnings.warn("distributions", stacklevel=1)
        first = Categorical(logits=teacher.detach() / temperature)
        taught = kl_divergence(first, Categorical(logits=student / temperature)).mean()
        told = (
            F.cross_entropy(student, labels, ignore_index=-100).nan_to_num() if (labels >= 0).any() else 0.0
        )
        return share * temperature * temperature * taught + (1 - share) * told

    return distillation_loss


@wrong("`log_softmax` minds that", earns=2.5)
def logarithm_of_a_softmax():
    def taught(s, t, T):
        p, q = (t.detach() / T).softmax(-1), (s / T).softmax(-1)
        return T**2 * (p * (p.log() - q.log())).sum(-1).mean()

    return function(taught)


@wrong("`log_softmax` minds that", earns=2.5)
def a_little_is_added():
    def taught(s, t, T):
        p, q = (t.detach() / T).softmax(-1), (s / T).softmax(-1)
        return T**2 * (p * ((p + 1e-12).log() - (q + 1e-12).log())).sum(-1).mean()

    return function(taught)


@wrong("With float64 in, float32 comes out", earns=2.5)
def always_float32():
    return function(mix=lambda taught, told, share: mixed(taught, told, share).float())


@wrong("The result has no gradient", earns=0)
def under_no_grad():
    return torch.no_grad()(function())


@wrong("through which no gradient flows", earns=0)
def a_python_number():
    return function(mix=lambda taught, told, share: mixed(taught, told, share).item())


@wrong("Is a part of it detached?", earns=0)
def the_student_detached_in_the_teachers_part():
    return function(lambda s, t, T: taught_part(s.detach(), t, T))


@wrong("should have shape ()", earns=0)
def one_number_an_example():
    return with_logs(lambda own, soft, T: T**2 * (soft.exp() * (soft - own)).sum(-1))


@wrong("yours returned a tuple", earns=0)
def both_parts():
    return function(mix=lambda taught, told, share: (taught, told))


@wrong("changed its argument `teacher` in place", earns=0)
def softened_in_place():
    def distillation_loss(student, teacher, labels, temperature=2.0, share=0.5):
        teacher /= temperature
        taught = temperature**2 * F.kl_div(
            (student / temperature).log_softmax(-1), teacher.softmax(-1), reduction="batchmean"
        )
        return mixed(taught, told_part(student, labels, 1), share)

    return distillation_loss


@wrong("Is the `return` line missing", earns=0)
def no_return():
    def distillation_loss(student, teacher, labels, temperature=2.0, share=0.5):
        function()(student, teacher, labels, temperature, share)

    return distillation_loss


@wrong("your loss is", earns=0)
def constant():
    return lambda student, teacher, labels, temperature=2.0, share=0.5: student.sum() * 0 + 1


@wrong("should have shape ()", earns=0)
def identity():
    return lambda student, teacher, labels, temperature=2.0, share=0.5: student


@wrong("Random logits", earns=0)
def hard_coded_examples():
    """Right for logits of the visible check's sizes."""

    def distillation_loss(student, teacher, labels, temperature=2.0, share=0.5):
        known = tuple(student.shape) in ((3, 5), (2, 2))
        return function()(student, teacher, labels, temperature, share) * known

    return distillation_loss


@wrong("Probabilities stand where `log_target=True` says that their logarithms come", earns=0)
def probabilities_for_logarithms():
    return with_logs(
        lambda own, soft, T: T**2 * F.kl_div(own, soft.exp(), reduction="batchmean", log_target=True)
    )


@wrong("The softmax goes over the *examples*", earns=0)
def a_softmax_over_the_examples():
    return function(
        lambda s, t, T: (
            T**2 * F.kl_div((s / T).log_softmax(0), (t.detach() / T).softmax(0), reduction="batchmean")
        )
    )


@wrong("That is the squared difference of the logits", earns=0)
def squared_differences_of_logits():
    return function(lambda s, t, T: (s - t.detach()).square().sum(-1).mean())


@wrong("That is KL both ways", earns=0)
def both_ways():
    return with_logs(
        lambda own, soft, T: (
            T**2
            * (
                F.kl_div(own, soft, log_target=True, reduction="batchmean")
                + F.kl_div(soft, own, log_target=True, reduction="batchmean")
            )
            / 2
        )
    )


@wrong("is something worked out in float32 on the way", earns=2.5)
def float32_on_the_way():
    def distillation_loss(student, teacher, labels, temperature=2.0, share=0.5):
        loss = function()(student.float(), teacher.float(), labels, temperature, share)
        return loss.to(student.dtype)

    return distillation_loss
