"""Campaigns and projects are plans (`plans.Plan`); here is what they have beside a plan."""
